//! Every package carries its papers: the licences of what is linked into it, and a bill of materials that names the same
//! crates, and nothing of the machine that built it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use xilnex_auth_tests::languages::{root, stage};

fn found(folder: &Path, name: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let is_ours = path.components().any(|part| part.as_os_str().to_string_lossy().contains("xilnex"));
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if is_ours && path.file_name().is_some_and(|found| found == name) {
                return path;
            }
        }
    }
    panic!("no {name} in {}", folder.display())
}

/// The crates that the licences are of, as lines "name version".
fn listed(notices: &str) -> BTreeSet<String> {
    let head = notices.split("\n## ").next().expect("a list of crates");
    head.lines().filter_map(|line| Some(line.strip_prefix("- ")?.split_once(" (")?.0.to_owned())).collect()
}

#[test]
fn a_bill_names_what_the_licences_are_of() {
    for (language, package) in
        [("python", "xilnex-auth"), ("node", "xilnex-auth"), ("sdk", "xilnex-auth-sdk")]
    {
        let text = |name| std::fs::read_to_string(found(&stage().join(language), name)).expect(name);
        let bill = text("sbom.cyclonedx.json");
        assert!(!bill.contains(root().to_str().unwrap()) && !bill.contains("file://"), "{language}");
        let bill: serde_json::Value = serde_json::from_str(&bill).expect("JSON");
        assert_eq!(
            (&bill["bomFormat"], &bill["metadata"]["component"]["name"]),
            (&"CycloneDX".into(), &package.into())
        );
        assert_eq!(bill["metadata"]["component"]["version"], xilnex_auth::VERSION);
        let parts = bill["components"].as_array().expect("components");
        assert!(
            parts.iter().all(|part| part["licenses"][0].is_object() && part["hashes"][0].is_object()),
            "{language}"
        );
        let told = |part: &serde_json::Value| {
            let [name, version] = ["name", "version"].map(|member| part[member].as_str().unwrap().to_owned());
            assert_eq!(part["purl"], format!("pkg:cargo/{name}@{version}"));
            format!("{name} {version}")
        };
        let billed: BTreeSet<String> = parts.iter().map(told).collect();
        assert_eq!(billed, listed(&text("THIRD-PARTY-NOTICES.md")), "{language}");
        assert!(billed.iter().any(|part| part.starts_with("rustls ")), "{language}");
    }
}
