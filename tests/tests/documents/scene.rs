//! What a block finds when it runs: a folder of its own, a sandbox in the place of the servers, and the packages.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::printed;

type Environment = Vec<(&'static str, String)>;

/// The stage of one block.
pub struct Scene {
    pub sandbox: Sandbox,
    folder: TempDir,
}

impl Scene {
    /// A folder below the staged package of Node, where programs in JavaScript find it.
    pub fn new() -> Scene {
        let modules = stage().join("node");
        assert!(modules.exists(), "{} is missing: run `make stage` first", modules.display());
        let folder = tempfile::tempdir_in(modules).unwrap();
        let sandbox = Sandbox::start(Options::default()).unwrap();
        fs::write(folder.path().join("secret"), &sandbox.client().client_secret).unwrap();
        Scene { sandbox, folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The code with what is here in the place of what documents name.
    pub fn placed(&self, code: &str) -> String {
        let client_id = &self.sandbox.client().client_id;
        code.replace("https://api.example.com", &self.sandbox.base_url())
            .replace("/run/secrets/xilnex", &self.folder().join("secret").to_string_lossy())
            .replace("/opt/xilnex-auth", &stage().join("sdk").to_string_lossy())
            .replace("clientId: 'etl'", &format!("clientId: '{client_id}'"))
            .replace("XILNEX_CLIENT_ID=etl", &format!("XILNEX_CLIENT_ID={client_id}"))
    }

    /// What a shell line prints, with this sandbox configured and the packages' commands at hand.
    pub fn printed(&self, line: &str) -> String {
        let mut environment = self.sandbox.environment();
        environment.push(("PATH", path()));
        printed(line, self.folder(), &environment)
    }
}

/// Where commands are looked for: in the packages, then on the machine.
pub fn path() -> String {
    let packages = [stage().join("sdk/bin"), stage().join("python/bin")];
    let machine = std::env::var("PATH").unwrap_or_default();
    format!("{}:{}:{machine}", packages[0].display(), packages[1].display())
}

/// An environment that leads here, for a command that needs no sandbox.
pub fn with_path(mut environment: Environment) -> Environment {
    environment.push(("PATH", path()));
    environment
}

/// The name of a file as a word of a shell.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// CMake, which `make test` installs.
pub fn cmake() -> PathBuf {
    let cmake = root().join("target/tools/python/bin/cmake");
    assert!(cmake.exists(), "{} is missing: make test installs it", cmake.display());
    cmake
}
