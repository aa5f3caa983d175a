//! The stage `configuration`: every option, and where its value came from.

use super::finding::{Finding, State};
use std::time::SystemTime;
use xilnex_auth::config::{OPTIONS, OptionRow};
use xilnex_auth::proxy::Proxy;
use xilnex_auth::settings::secret_text;
use xilnex_auth::{Config, Error};

/// What is configured, and why that will not do.
pub fn finding(given: &[(String, String)], error: Option<&Error>) -> Finding {
    let mut finding = match error {
        Some(error) => Finding::bad("configuration", error),
        None => Finding::new("configuration", State::Good, "complete"),
    };
    for row in &OPTIONS {
        let in_call = given.iter().rfind(|(name, _)| name == row.name).map(|(_, text)| text.clone());
        let in_environment = std::env::var_os(row.env).map(|text| text.to_string_lossy().into_owned());
        let told = match (in_call, in_environment) {
            (Some(text), _) => format!("{}, by --{}", shown(row, &text), row.name.replace('_', "-")),
            (None, Some(text)) => format!("{}, by {}", shown(row, &text), row.env),
            (None, None) if row.default.is_empty() => continue,
            (None, None) => format!("{}, by default", row.default),
        };
        finding = finding.with(row.name, told);
    }
    finding
}

/// A value as it may be told.
fn shown(row: &OptionRow, text: &str) -> String {
    match row.name {
        "client_secret" => format!("{} characters", text.chars().count()),
        // Whoever gives the secret for the path of its file shall not read it here.
        "client_secret_file" => file(text),
        "proxy" if text.eq_ignore_ascii_case("none") => "none".into(),
        "proxy" => Proxy::parse(text).map_or("not an address".into(), |proxy| proxy.display_address()),
        // What is refused may be anything.
        name => match Config::new().set(name, text) {
            Ok(_) => text.to_owned(),
            Err(_) => "not valid".into(),
        },
    }
}

fn file(path: &str) -> String {
    let Ok(about) = std::fs::metadata(path) else { return "a file that is not there".into() };
    // A pipe gives what it holds once.
    let length = if about.is_file() { secret_text(path).ok().map(|text| text.chars().count()) } else { None };
    let length = length.map_or(String::new(), |length| format!(" with {length} characters"));
    let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH).max(SystemTime::UNIX_EPOCH);
    format!("{path}{length}, last changed {}", httpdate::fmt_http_date(changed))
}
