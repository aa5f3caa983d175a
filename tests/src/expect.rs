//! Whether an answer is the expected one.
//!
//! Each member of an expectation must be in the answer. A value is compared as it is, but for four forms:
//! `{"contains": ["a", "b"]}` for texts, `{"between": [1, 5]}` for numbers, `{"one_of": ["a", "b"]}` for any of some
//! values, and `{"token": "first"}`, which gives
//! a token a name when it is first seen: the same name must be the same token, another name another one.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The tokens seen so far, by name.
pub type Tokens = BTreeMap<String, String>;

/// # Errors
/// A sentence that tells the first difference.
pub fn check(expected: &Value, answer: &Value, tokens: &mut Tokens) -> Result<(), String> {
    match expected {
        Value::Object(members) => form(members, answer, tokens).unwrap_or_else(|| {
            members.iter().try_for_each(|(name, value)| {
                let found = answer.get(name).unwrap_or(&Value::Null);
                check(value, found, tokens).map_err(|told| format!("{name}: {told}"))
            })
        }),
        Value::Array(items) => {
            let found = answer.as_array().filter(|found| found.len() == items.len());
            let found = found.ok_or_else(|| format!("expected {} items, got {answer}", items.len()))?;
            items.iter().zip(found).try_for_each(|(item, found)| check(item, found, tokens))
        }
        _ if same(expected, answer) => Ok(()),
        _ => Err(format!("expected {expected}, got {answer}")),
    }
}

/// Some languages print 2 as 2.0.
fn same(expected: &Value, answer: &Value) -> bool {
    match (expected.as_f64(), answer.as_f64()) {
        (Some(left), Some(right)) => left == right,
        _ => expected == answer,
    }
}

fn form(members: &Map<String, Value>, answer: &Value, tokens: &mut Tokens) -> Option<Result<(), String>> {
    let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
    match (name.as_str(), value) {
        ("contains", Value::Array(words)) => Some(contains(words, answer)),
        ("between", Value::Array(bounds)) => Some(between(bounds, answer)),
        ("one_of", Value::Array(values)) if values.iter().any(|value| same(value, answer)) => Some(Ok(())),
        ("one_of", Value::Array(values)) => Some(Err(format!("expected one of {values:?}, got {answer}"))),
        ("token", Value::String(label)) if answer.is_string() => Some(named(label, answer, tokens)),
        _ => None,
    }
}

fn contains(words: &[Value], answer: &Value) -> Result<(), String> {
    let text = answer.as_str().ok_or_else(|| format!("expected text, got {answer}"))?;
    match words.iter().filter_map(Value::as_str).find(|word| !text.contains(word)) {
        Some(word) => Err(format!("{word:?} is not in {text:?}")),
        None => Ok(()),
    }
}

fn between(bounds: &[Value], answer: &Value) -> Result<(), String> {
    let bound = |index: usize| bounds.get(index).and_then(Value::as_f64);
    match (bound(0), bound(1), answer.as_f64()) {
        (Some(low), Some(high), Some(number)) if (low..=high).contains(&number) => Ok(()),
        _ => Err(format!("{answer} is not between {bounds:?}")),
    }
}

fn named(label: &str, answer: &Value, tokens: &mut Tokens) -> Result<(), String> {
    let text = answer.as_str().unwrap_or_default().trim_start_matches("Bearer ");
    match tokens.get(label) {
        Some(known) if known == text => Ok(()),
        Some(_) => Err(format!("not the token called {label}")),
        None if tokens.values().any(|known| known == text) => {
            Err(format!("the token {label} should be a new one"))
        }
        None if text.is_empty() => Err("expected a token, got none".into()),
        None => {
            tokens.insert(label.to_owned(), text.to_owned());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_agrees_and_what_does_not() {
        for (expected, answer, agrees) in [
            (json!({"a": 1}), json!({"a": 1.0, "b": 2}), true),
            (json!({"a": 1}), json!({"b": 1}), false),
            (json!({"a": null}), json!({}), true),
            (json!({"a": {"contains": ["x", "y"]}}), json!({"a": "yx"}), true),
            (json!({"a": {"one_of": ["x", "y"]}}), json!({"a": "y"}), true),
            (json!({"a": {"one_of": ["x", "y"]}}), json!({"a": "z"}), false),
            (json!({"a": {"contains": ["x", "y"]}}), json!({"a": "x"}), false),
            (json!({"a": {"between": [1, 2]}}), json!({"a": 1.5}), true),
            (json!({"a": {"between": [1, 2]}}), json!({"a": 3}), false),
            (json!([1, 2]), json!([1]), false),
            (json!({"error": {"kind": "tls"}}), json!({"error": {"kind": "dns"}}), false),
        ] {
            assert_eq!(check(&expected, &answer, &mut Tokens::new()).is_ok(), agrees, "{expected} {answer}");
        }
    }

    #[test]
    fn names_stand_for_tokens() {
        let mut tokens = Tokens::new();
        let mut seen =
            |label: &str, text: &str| check(&json!({"token": label}), &json!(text), &mut tokens).is_ok();
        assert!(seen("first", "abc"));
        assert!(seen("first", "Bearer abc"));
        assert!(!seen("first", "xyz"));
        assert!(!seen("second", "abc"));
        assert!(seen("second", "xyz"));
    }
}
