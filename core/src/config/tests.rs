//! The option table and its refusals.

use super::*;
use crate::error::Kind;

#[test]
fn every_default_passes_its_own_parser_and_every_row_is_named_after_its_variable() {
    let mut config = Config::new();
    for row in &OPTIONS {
        assert_eq!(row.env, format!("XILNEX_{}", row.name.to_uppercase()));
        if !row.default.is_empty() {
            config.set(row.name, row.default).unwrap();
        }
    }
}

#[test]
fn each_bad_value_is_refused_by_name() {
    for (name, text, word) in [
        ("base_url", "http://example.com", "https://"),
        ("client_id", "", "empty"),
        ("client_id", "a\nb", "line break"),
        ("client_id", &"x".repeat(101), "100"),
        ("client_id", "till\u{202e}7", "cannot be seen"),
        ("client_id", "till\u{2028}7", "cannot be seen"),
        ("client_secret", "", "empty"),
        ("client_secret", "canary\n", "line break"),
        ("client_secret", "canary\0", "control"),
        ("client_secret", "\u{feff}canary", "byte order mark"),
        ("client_secret", &"x".repeat(16 * 1024 + 1), "16 KiB"),
        ("client_secret_file", "a\0b", "NUL"),
        ("scope", "a  b", "single spaces"),
        ("scope", " a", "single spaces"),
        ("scope", "a\"b", "RFC 6749"),
        ("scope", "é", "RFC 6749"),
        ("client_auth", "both", "post or basic"),
        ("timeout", "soon", "number of seconds"),
        ("timeout", "0", "between"),
        ("timeout", "-1", "between"),
        ("timeout", "NaN", "between"),
        ("connect_timeout", "inf", "between"),
        ("ca_file", "", "empty"),
        ("proxy", "socks5://h", "SOCKS"),
        ("store", "redis://h", "memory"),
    ] {
        let error = Config::new().set(name, text).unwrap_err();
        let message = error.message();
        assert_eq!(error.kind(), Kind::InvalidConfig);
        assert!(message.contains(name) && message.contains(option(name).env), "{message}");
        assert!(message.contains(word), "{name}={text:?}: {message}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn an_unknown_option_is_named_unless_it_may_be_a_secret() {
    let told = |name: &str, text: &str| Config::new().set(name, text).unwrap_err().message().to_owned();
    assert!(told("clientid", "x").starts_with("unknown option clientid: the options are base_url"));
    assert!(!told("s3cr3t", "client_secret").contains("s3cr3t"));
    assert!(!told("not a word", "x").contains("not a word"));
}

#[test]
fn values_of_a_host_language() {
    let mut config = Config::new();
    config.set_value("timeout", Value::Number(2.5)).unwrap();
    assert_eq!(config.timeout, Duration::from_millis(2500));
    config.set_value("ca_file", Value::Path("ca.pem")).unwrap();
    for (name, value) in [
        ("client_id", Value::Number(5.0)),
        ("client_id", Value::Path("x")),
        ("timeout", Value::Other("bool")),
        ("client_secret", Value::Other("bytes")),
    ] {
        let error = config.set_value(name, value).unwrap_err();
        assert!(error.message().contains("must be"), "{error}");
    }
}

#[test]
fn the_environment_is_read_through_the_same_table() {
    let environment = |name: &str| match name {
        "XILNEX_CLIENT_ID" => Some(OsString::from("etl")),
        "XILNEX_TIMEOUT" => Some(OsString::from("4")),
        _ => None,
    };
    let config = Config::from_lookup(environment).unwrap();
    assert_eq!((config.client_id.as_deref(), config.timeout), (Some("etl"), Duration::from_secs(4)));
    let empty = |name: &str| (name == "XILNEX_SCOPE").then(OsString::new);
    assert!(Config::from_lookup(empty).unwrap_err().message().contains("scope (XILNEX_SCOPE) is empty"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_refused_by_name() {
    use std::os::unix::ffi::OsStringExt;
    let broken = |name: &str| (name == "XILNEX_CLIENT_SECRET").then(|| OsString::from_vec(vec![0xff]));
    let error = Config::from_lookup(broken).unwrap_err();
    assert!(error.message().contains("XILNEX_CLIENT_SECRET) is not UTF-8"), "{error}");
}

#[test]
fn printing_a_config_hides_the_secret() {
    let mut config = Config::new();
    config.set("client_secret", "canary").unwrap().set("proxy", "http://u:canary@h:1").unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}
