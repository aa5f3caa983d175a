//! What was found, for people and for programs.

use super::Findings;
use super::finding::{Finding, State};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, stdout};

/// How a report for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Words alone, for a pipe or a file.
    Plain,
    /// Symbols without colours.
    Symbols,
    /// Symbols and colours.
    Colours,
}

impl Style {
    /// What the terminal on stdout can show; plain where there is none. NO_COLOR is heeded.
    pub fn of_stdout() -> Style {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|kind| kind == "dumb");
        match (stdout().is_terminal(), is_set("NO_COLOR") || is_dumb) {
            (false, _) => Style::Plain,
            (true, true) => Style::Symbols,
            (true, false) => Style::Colours,
        }
    }

    fn mark(self, state: State) -> String {
        let (symbol, colour) = match state {
            State::Good => ("✔", 32),
            State::Odd => ("!", 33),
            State::Bad => ("✘", 31),
            State::Skipped => ("-", 90),
        };
        match self {
            Style::Plain => format!("{:<8}", state.word()),
            Style::Symbols => symbol.to_owned(),
            Style::Colours => format!("\u{1b}[{colour}m{symbol}\u{1b}[0m"),
        }
    }
}

/// A line for each stage, what is behind it, and what to do.
pub fn text(found: &Findings, style: Style) -> String {
    let mut text = String::new();
    for finding in &found.findings {
        let took = finding.at.map(|at| format!(" ({} ms)", at.as_millis())).unwrap_or_default();
        text += &format!("{} {:<14} {}{took}\n", style.mark(finding.state), finding.stage, finding.told);
        for (name, value) in &finding.details {
            text += &format!("    {name:<18} {value}\n");
        }
        if let Some(hint) = &finding.hint {
            text += &format!("    what to do: {hint}\n");
        }
    }
    text += &match found.failed() {
        Some(finding) => format!("\nIt fails at {}.\n", finding.stage),
        None => "\nEverything works.\n".to_owned(),
    };
    text
}

/// One object, as documented in the help.
pub fn json(found: &Findings) -> String {
    let stages: Vec<Value> = found.findings.iter().map(stage).collect();
    let report = json!({
        "version": xilnex_auth::VERSION,
        "ok": found.status == 0,
        "status": found.status,
        "failed": found.failed().map(|finding| finding.stage),
        "seconds": found.took.as_secs_f64(),
        "stages": stages,
    });
    format!("{report:#}\n")
}

fn stage(finding: &Finding) -> Value {
    let details: Map<String, Value> =
        finding.details.iter().map(|(name, value)| (name.replace(' ', "_"), value.clone().into())).collect();
    json!({
        "stage": finding.stage,
        "state": finding.state.word(),
        "told": finding.told,
        "hint": finding.hint,
        "at_seconds": finding.at.map(|at| at.as_secs_f64()),
        "details": details,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn found(state: State) -> Findings {
        let finding =
            Finding::new("tls", state, "no trust").at(Duration::from_millis(7)).with("issued by", "Shop");
        Findings { findings: vec![finding.with_hint("trust it")], status: 5, took: Duration::from_secs(1) }
    }

    #[test]
    fn a_pipe_gets_words_and_a_terminal_symbols() {
        let plain = text(&found(State::Bad), Style::Plain);
        assert!(
            plain.starts_with("failed   tls            no trust (7 ms)\n    issued by          Shop\n"),
            "{plain}"
        );
        assert!(plain.contains("what to do: trust it") && plain.ends_with("It fails at tls.\n"), "{plain}");
        assert!(plain.is_ascii());
        assert!(text(&found(State::Bad), Style::Symbols).starts_with("✘ tls"));
        assert!(text(&found(State::Odd), Style::Colours).starts_with("\u{1b}[33m!\u{1b}[0m tls"));
        assert!(text(&found(State::Odd), Style::Plain).ends_with("Everything works.\n"));
    }

    #[test]
    fn a_program_gets_everything() {
        let told: Value = serde_json::from_str(&json(&found(State::Bad))).unwrap();
        assert_eq!(
            (&told["ok"], &told["status"], &told["failed"]),
            (&json!(false), &json!(5), &json!("tls"))
        );
        assert_eq!(told["stages"][0]["details"]["issued_by"], "Shop");
        assert_eq!(told["stages"][0]["state"], "failed");
    }
}
