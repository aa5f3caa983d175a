//! What is missing, what contradicts itself, and what the key tells apart.

use super::*;

fn config(options: &[(&str, &str)]) -> Config {
    let mut config = Config::new();
    for (name, text) in options {
        config.set(name, text).unwrap();
    }
    config
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

fn secret(path: &Path) -> Result<Secret, Error> {
    read_secret(path, Duration::ZERO)
}

#[test]
fn all_that_is_missing_is_named_at_once() {
    let told = Settings::new(&Config::new()).unwrap_err();
    for word in [
        "client_id",
        "XILNEX_CLIENT_ID",
        "client_secret",
        "XILNEX_CLIENT_SECRET",
        "XILNEX_CLIENT_SECRET_FILE",
    ] {
        assert!(told.message().contains(word), "{told}");
    }
}

#[test]
fn a_secret_file_loses_one_line_break() {
    for (content, expected) in
        [("canary", "canary"), ("canary\n", "canary"), ("canary\r\n", "canary"), ("can ary ", "can ary ")]
    {
        assert_eq!(secret(file(content.as_bytes()).path()).unwrap(), Secret::new(expected));
    }
}

#[test]
fn a_bad_secret_file_is_refused_without_its_content() {
    let large = vec![b'x'; 20_000];
    for (content, word) in [
        (&b""[..], "empty"),
        (b"\n", "empty"),
        (b"canary\n\n", "line break"),
        (b"\xffcanary", "UTF-8"),
        (b"\xef\xbb\xbfcanary", "byte order mark"),
        (&large, "16 KiB"),
    ] {
        let told = secret(file(content).path()).unwrap_err();
        assert!(
            told.message().contains(word) && told.message().contains("XILNEX_CLIENT_SECRET_FILE"),
            "{told}"
        );
        assert!(!format!("{told:?}").contains("canary"));
    }
    let nowhere = std::env::temp_dir().join("nonexistent/secret");
    assert!(secret(&nowhere).unwrap_err().message().contains(nowhere.to_str().unwrap()));
    assert!(secret(Path::new("/")).is_err());
}

#[test]
fn a_secret_given_for_the_path_of_its_file_is_not_told() {
    for secret in ["canary-secret".to_owned(), "canary/".repeat(9), "canary".repeat(100)] {
        let mistaken = config(&[("client_id", "x"), ("client_secret_file", &secret)]);
        let told = Settings::new(&mistaken).unwrap_err();
        assert!(told.message().contains("XILNEX_CLIENT_SECRET_FILE"), "{told}");
        assert!(!format!("{told:?}").contains("canary"), "{told:?}");
    }
}

#[test]
fn what_a_call_gave_wins_and_one_source_may_not_contradict_itself() {
    let secret = file(b"from the file");
    let path = secret.path().to_str().unwrap();
    let both = config(&[("client_id", "x"), ("client_secret", "y"), ("client_secret_file", path)]);
    assert!(Settings::new(&both).unwrap_err().message().contains("only one"));

    let environment = |name: &str| (name == "XILNEX_CLIENT_SECRET").then(|| "from the environment".into());
    let mut mixed = Config::from_lookup(environment).unwrap();
    mixed.set("client_id", "x").unwrap().set("client_secret_file", path).unwrap();
    assert_eq!(Settings::new(&mixed).unwrap().1, Secret::new("from the file"));

    let environment = |name: &str| (name == "XILNEX_CLIENT_SECRET_FILE").then(|| "/nonexistent".into());
    let mut mixed = Config::from_lookup(environment).unwrap();
    mixed.set("client_id", "x").unwrap().set("client_secret", "from the call").unwrap();
    assert_eq!(Settings::new(&mixed).unwrap().1, Secret::new("from the call"));
}

#[test]
fn the_key_changes_with_every_part() {
    let base = [("client_id", "ab"), ("client_secret", "c")];
    let key = |more: &[(&str, &str)]| {
        let mut all = config(&base);
        for (name, text) in more {
            all.set(name, text).unwrap();
        }
        Settings::new(&all).unwrap().0.key()
    };
    let changes: [&[(&str, &str)]; 9] = [
        &[],
        &[("client_id", "a"), ("client_secret", "bc")],
        &[("client_secret", "d")],
        &[("scope", "s")],
        &[("client_auth", "basic")],
        &[("timeout", "5")],
        &[("connect_timeout", "5")],
        &[("base_url", "https://other.example")],
        &[("proxy", "http://p:1")],
    ];
    for (index, left) in changes.iter().enumerate() {
        for right in &changes[index + 1..] {
            assert_ne!(key(left), key(right), "{left:?} and {right:?}");
        }
    }
    assert_eq!(key(&[]), key(&[("scope", "s")].into_iter().filter(|_| false).collect::<Vec<_>>()));
}

/// Else a program that changes its folder loses them, and one name in two folders is one engine.
#[test]
fn files_stay_where_they_were_when_the_client_was_made() {
    let here = std::env::current_dir().unwrap();
    let secret = tempfile::NamedTempFile::new_in(&here).unwrap();
    std::fs::write(secret.path(), "canary").unwrap();
    let absolute = secret.path().to_str().unwrap();
    let relative = secret.path().file_name().and_then(|name| name.to_str()).unwrap();
    let of = |path: &str| {
        let options = [("client_id", "x"), ("client_secret_file", path), ("ca_file", path)];
        Settings::new(&config(&options)).unwrap().0
    };
    let settings = of(relative);
    assert_eq!(settings.client_secret_file.as_deref(), Some(secret.path()));
    assert_eq!(settings.ca_file.as_ref().map(Source::path), Some(secret.path()));
    assert_eq!(settings.key(), of(absolute).key());
}

#[test]
fn printing_shows_neither_the_secret_nor_its_hash() {
    let (settings, secret) =
        Settings::new(&config(&[("client_id", "x"), ("client_secret", "canary")])).unwrap();
    let shown = format!("{settings:?}");
    let hash = format!("{:?}", secret.fingerprint().bytes());
    assert!(shown.contains("client_id") && !shown.contains(&hash) && !shown.contains("canary"), "{shown}");
}

#[test]
fn plain_http_never_uses_a_proxy() {
    let local = config(&[
        ("client_id", "x"),
        ("client_secret", "y"),
        ("base_url", "http://127.0.0.1:1"),
        ("proxy", "http://p:1"),
    ]);
    assert_eq!(Settings::new(&local).unwrap().0.route.proxy, None);
}
