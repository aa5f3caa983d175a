//! Any options, from calls and from the environment: no panic, no value in an error, the same rules both ways, and a
//! request that carries what was given.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::LazyLock;
use xilnex_auth::config::{OPTIONS, Value};
use xilnex_auth::fuzzing::config_from;
use xilnex_auth::request::access_token_request;
use xilnex_auth::settings::Settings;
use xilnex_auth::{Config, Error, Kind};
use xilnex_auth_fuzz::leaks::text_of;

/// What the errors about options say whatever the value is.
static SENTENCES: LazyLock<String> = LazyLock::new(|| {
    let wrong = ["", "x", "x\n", "\u{feff}x", "x\0", "socks5://x", "http://x", "https://x?", "https://a@x"];
    let mut known = format!("{wrong:?}");
    for row in &OPTIONS {
        known += &format!("{} {} {} {}\n", row.name, row.env, row.default, row.doc);
        let long = "x".repeat(200);
        for text in
            wrong.iter().copied().chain([long.as_str(), "https://x/connect/token", "0", "x  x", "é", "a\\"])
        {
            known += &told(Config::new().set(row.name, text));
            known += &told(Config::new().set(text, row.name));
        }
        let broken = config_from(|name| (name == row.env).then(|| OsString::from_vec(vec![0xff])));
        known += &told(broken);
        for value in [Value::Number(0.0), Value::Path("/"), Value::Other("list")] {
            known += &told(Config::new().set_value(row.name, value));
        }
    }
    known
});

fn told<T>(done: Result<T, Error>) -> String {
    done.map_or_else(|error| text_of(&error), |_| String::new())
}

/// One option: which, how it is given, and its value.
struct Given<'a> {
    row: usize,
    way: u8,
    value: &'a [u8],
}

/// Records of two bytes and a length before each value.
fn records(mut bytes: &[u8]) -> Vec<Given<'_>> {
    let mut found = Vec::new();
    while let Some(([row, way, length], rest)) = bytes.split_first_chunk::<3>() {
        let (value, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        found.push(Given { row: usize::from(*row) % OPTIONS.len(), way: way % 5, value });
        bytes = rest;
    }
    found
}

fuzz_target!(|bytes: &[u8]| {
    let given = records(bytes);
    let mut config = Config::new();
    for option in &given {
        let Ok(text) = std::str::from_utf8(option.value) else { continue };
        set(&mut config, option, text);
    }
    use_it(&config, &given);
    from_environment(&given);
});

fn set(config: &mut Config, option: &Given<'_>, text: &str) {
    let row = &OPTIONS[option.row];
    // A look at everything takes long, so only some refusals get it.
    let before = (option.value.len() % 16 == 3).then(|| format!("{config:?}"));
    let done = match option.way {
        0 | 1 => config.set(row.name, text),
        2 => config.set_value(row.name, Value::Path(text)),
        3 => {
            let number = option.value.first_chunk::<8>().map_or(0.0, |bytes| f64::from_le_bytes(*bytes));
            config.set_value(row.name, Value::Number(number))
        }
        _ => config.set(text, row.name),
    };
    let done = done.map(drop);
    if let Err(error) = &done {
        let is_changed = before.is_some_and(|before| before != format!("{config:?}"));
        assert!(!is_changed, "a refusal changed the configuration");
        assert!(option.way == 4 || error.message().contains(row.name), "{error} does not name {}", row.name);
        let name = if option.way == 4 { text } else { "" };
        judge(error, text, name);
    }
    if option.way < 2 {
        let variable = config_from(|name| (name == row.env).then(|| text.into()));
        assert_eq!(done.is_ok(), variable.is_ok(), "{} differs in the environment", row.name);
    }
}

/// An error quotes no value; a name that is a word may be a mistyped one.
fn judge(error: &Error, value: &str, name: &str) {
    assert_eq!(error.kind(), Kind::InvalidConfig);
    let is_word = name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if value.len() < 3 || is_word && !name.is_empty() {
        return;
    }
    let text = text_of(error);
    assert!(!text.contains(value) || SENTENCES.contains(value), "{value:?} is in {text}");
}

/// Files are left out: what they are called would be opened.
fn use_it(config: &Config, given: &[Given<'_>]) {
    let names_a_file =
        |option: &Given<'_>| matches!(OPTIONS[option.row].name, "client_secret_file" | "ca_file");
    if given.iter().any(names_a_file) {
        return;
    }
    let Ok((settings, secret)) = Settings::new(config) else { return };
    let request = access_token_request(&settings, &secret);
    assert!(request.url.ends_with("/connect/token"));
    let last = |name: &str| {
        let is_it = |option: &&Given<'_>| option.way < 2 && OPTIONS[option.row].name == name;
        let mut texts =
            given.iter().filter(is_it).filter_map(|option| std::str::from_utf8(option.value).ok());
        // The last that was not refused.
        texts.rfind(|text| Config::new().set(name, text).is_ok())
    };
    let (Some(id), Some(secret)) = (last("client_id"), last("client_secret")) else { return };
    let sent = |name: &str| {
        form_urlencoded::parse(request.body.as_bytes())
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    };
    if request.authorization.is_none() {
        assert_eq!(sent("client_id").as_deref(), Some(id));
        assert_eq!(sent("client_secret").as_deref(), Some(secret));
    }
    // What is shown with one secret is shown with any other.
    let mut other = config.clone();
    other.set("client_secret", "another-secret").expect("a secret");
    let (others, _) = Settings::new(&other).expect("only its secret is another one");
    assert_eq!(format!("{config:?} {settings:?}"), format!("{other:?} {others:?}"));
}

fn from_environment(given: &[Given<'_>]) {
    let lookup = |name: &str| {
        let option = given.iter().find(|option| OPTIONS[option.row].env == name)?;
        Some(OsString::from_vec(option.value.to_vec()))
    };
    if let Err(error) = config_from(lookup) {
        for option in given {
            if let Ok(text) = std::str::from_utf8(option.value) {
                judge(&error, text, "");
            }
        }
    }
}
