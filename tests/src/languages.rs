//! How the driver of each language is started. What has to be built for it lies in the staging folder.

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
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where `make stage` installs the packages as their users would.
pub fn stage() -> PathBuf {
    root().join("target/stage")
}

/// Every language; `rust_driver` is the driver that cargo built for the running test.
pub fn all(rust_driver: &str) -> Vec<Language> {
    let language = |name, command: &[PathBuf]| Language { name, command: command.to_vec() };
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
        if let Some(missing) = self.command.iter().find(|path| path.is_absolute() && !path.exists()) {
            return Err(format!("{} is missing: run `make stage` first", missing.display()));
        }
        let mut command = shell::command(&self.command[0]);
        command.args(&self.command[1..]);
        command.envs(variables);
        Ok(command)
    }
}
