//! How JavaScript writes the names of options: in camel case, also in what an error says.

use xilnex_auth::Error;
use xilnex_auth::config::OPTIONS;

/// What an error may name besides the options of a client: an argument of a call, options of a sandbox.
const OTHERS: [&str; 3] = ["min_ttl", "fault_after", "fault_times"];

/// What happened, with the names as JavaScript writes them. Where a server answered, its words may be in the sentence, and
/// none of ours is.
pub fn message(error: &Error) -> String {
    match error.http_status() {
        Some(_) => error.message().to_owned(),
        None => in_camel_case(error.message()),
    }
}

/// A sentence of ours with the names as JavaScript writes them. What is quoted or part of a path is no name.
pub fn in_camel_case(sentence: &str) -> String {
    let words = sentence.split_inclusive(' ').map(|word| {
        let name = word.trim_start_matches('(').trim_end_matches([' ', ',', ';', ':', ')', '?']);
        if is_name(name) { word.replacen(name, &camel_case(name), 1) } else { word.to_owned() }
    });
    words.collect()
}

fn is_name(word: &str) -> bool {
    OPTIONS.iter().any(|row| row.name == word) || OTHERS.contains(&word)
}

/// `clientId` for `client_id`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(1);
        camel += &first.to_ascii_uppercase();
        camel += rest;
    }
    camel
}
