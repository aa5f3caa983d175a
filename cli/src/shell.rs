//! Variables in the words of the shell that they are pasted into.

use std::io::{self, Write};

/// Whose words these are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shell {
    Posix,
    PowerShell,
}

impl Shell {
    /// That of this machine; on Windows one that brings its Unix along tells so.
    pub fn here() -> Shell {
        if cfg!(windows) && std::env::var_os("MSYSTEM").is_none() { Shell::PowerShell } else { Shell::Posix }
    }

    /// Lines that set some variables; the last takes away what the shell may have set of the others.
    pub fn tell(self, set: &[(&str, String)], unset: &[&str], out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in set {
            match self {
                Shell::Posix => writeln!(out, "export {name}={}", word(value))?,
                Shell::PowerShell => writeln!(out, "$env:{name} = '{}'", value.replace('\'', "''"))?,
            }
        }
        match self {
            Shell::Posix => writeln!(out, "unset {}", unset.join(" "))?,
            Shell::PowerShell => {
                let unset: Vec<String> = unset.iter().map(|name| format!("Env:{name}")).collect();
                writeln!(out, "Remove-Item -ErrorAction Ignore {}", unset.join(", "))?;
            }
        }
        out.flush()
    }
}

/// The value as one word of a POSIX shell.
fn word(value: &str) -> String {
    let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/@%+=,".contains(c));
    if is_plain && !value.is_empty() {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word_of_each_shell() {
        for (value, posix, power_shell) in [
            ("abc-1_2", "abc-1_2", "'abc-1_2'"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1", "'http://127.0.0.1:1'"),
            ("a b", "'a b'", "'a b'"),
            ("it's", r"'it'\''s'", "'it''s'"),
            ("$HOME `n", "'$HOME `n'", "'$HOME `n'"),
            ("", "''", "''"),
        ] {
            for (shell, expected) in [
                (Shell::Posix, format!("export A={posix}\nunset B C\n")),
                (
                    Shell::PowerShell,
                    format!("$env:A = {power_shell}\nRemove-Item -ErrorAction Ignore Env:B, Env:C\n"),
                ),
            ] {
                let mut told = Vec::new();
                shell.tell(&[("A", value.to_owned())], &["B", "C"], &mut told).unwrap();
                assert_eq!(String::from_utf8(told).unwrap(), expected);
            }
        }
    }
}
