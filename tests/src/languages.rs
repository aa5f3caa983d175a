//! How the driver of each language is started. What has to be built for it lies in the staging folder.
//!
//! A driver of another platform takes the place of them all where `XILNEX_AUTH_DRIVER` names one: a JSON list, of the
//! program that runs it and its arguments. `XILNEX_AUTH_SHIM` is `system/shim.c` built for that platform; without it
//! the scenarios whose system fails are told as ignored.

use crate::shell;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A language and the program that drives its package.
#[derive(Clone)]
pub struct Language {
    /// Its name in the names of tests.
    pub name: &'static str,
    /// The program and its arguments.
    pub command: Vec<PathBuf>,
    /// What stands between the program and its system, where there is one for its platform.
    pub shim: Option<PathBuf>,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where `make stage` installs the packages as their users would.
pub fn stage() -> PathBuf {
    root().join("target/stage")
}

/// Every language, or the driver of another platform; `rust_driver` is the one that cargo built for the running test.
pub fn all(rust_driver: &str) -> Vec<Language> {
    given().map_or_else(|| staged(rust_driver), |driver| vec![driver])
}

/// The driver that the environment names.
fn given() -> Option<Language> {
    let words = std::env::var("XILNEX_AUTH_DRIVER").ok()?;
    let command = serde_json::from_str(&words).expect("XILNEX_AUTH_DRIVER is a JSON list of words");
    Some(Language { name: "given", command, shim: std::env::var_os("XILNEX_AUTH_SHIM").map(PathBuf::from) })
}

fn staged(rust_driver: &str) -> Vec<Language> {
    let shim = Some(stage().join("drivers/shim.so"));
    let language =
        |name, command: &[PathBuf]| Language { name, command: command.to_vec(), shim: shim.clone() };
    vec![
        language("rust", &[rust_driver.into()]),
        language("python", &[stage().join("python/bin/python"), root().join("tests/drivers/driver.py")]),
        language("node", &["node".into(), stage().join("node/driver.mjs")]),
        language("c", &[stage().join("drivers/driver-c")]),
        language("cpp", &[stage().join("drivers/driver-cpp")]),
    ]
}

impl Language {
    /// The driver with an environment that holds nothing of the client's options but `variables`.
    ///
    /// # Errors
    /// When a package was not staged: a missing language is a failure, never a skip.
    pub fn command<'a>(
        &self,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Command, String> {
        if let Some(missing) = self.command.iter().find(|path| path.starts_with(stage()) && !path.exists()) {
            return Err(format!("{} is missing: run `make stage` first", missing.display()));
        }
        let mut command = shell::command(&self.command[0]);
        command.args(&self.command[1..]);
        command.envs(variables);
        Ok(command)
    }
}
