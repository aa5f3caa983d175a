//! Scripted answers: what a token request gets instead of the ordinary answer.

use crate::fault::{Fault, Step};
use crate::http::Response;
use serde_json::Value;
use std::time::Duration;

/// One scripted answer to a token request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An HTTP answer; a length and the type application/json are added unless the headers tell them.
    Http {
        /// The status code.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
        /// How long to wait before it.
        delay: Duration,
    },
    /// These bytes, whatever they are; then the connection is closed.
    Raw {
        /// What to write.
        bytes: Vec<u8>,
        /// How long to wait before it.
        delay: Duration,
    },
    /// The connection is closed without an answer.
    Close,
    /// Nothing is said until the client leaves.
    Silent,
    /// The ordinary answer.
    Normal,
    /// What a faulty server does instead of it.
    Fault(&'static Fault),
}

impl Answer {
    /// Reads `{"status": 200, "headers": {}, "body": "text" or an object, "delay": seconds}`, `{"raw": "text",
    /// "delay": seconds}`, `{"fault": "name"}`, `"close"`, `"silent"` or `"normal"`.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn from_json(value: &Value) -> Result<Answer, String> {
        match value {
            Value::String(word) => match word.as_str() {
                "close" => Ok(Answer::Close),
                "silent" => Ok(Answer::Silent),
                "normal" => Ok(Answer::Normal),
                other => Err(format!("no answer is called {other}")),
            },
            Value::Object(members) => {
                let known = ["status", "headers", "body", "delay", "raw", "fault"];
                if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
                    return Err(format!("an answer has no member {name}"));
                }
                let delay = delay(members.get("delay"))?;
                match (members.get("raw"), members.get("fault")) {
                    (None, Some(name)) => fault(name),
                    (Some(Value::String(raw)), _) => {
                        Ok(Answer::Raw { bytes: raw.as_bytes().to_vec(), delay })
                    }
                    (Some(_), _) => Err("raw is not a text".into()),
                    (None, None) => http(value, delay),
                }
            }
            _ => Err("an answer is a word or an object".into()),
        }
    }

    /// What is done instead of answering in order; `None` for the ordinary answer, and for a fault.
    pub(crate) fn steps(&self) -> Option<Vec<Step>> {
        match self {
            Answer::Raw { bytes, delay } => Some(vec![Step::Wait(*delay), Step::Say(bytes.clone().into())]),
            Answer::Http { status, headers, body, delay } => {
                let response =
                    Response { status: *status, headers: headers.clone(), body: body.clone().into_bytes() };
                Some(vec![Step::Wait(*delay), Step::Say(response.of_json().bytes().into())])
            }
            Answer::Close => Some(Vec::new()),
            Answer::Silent => Some(vec![Step::Stall]),
            Answer::Normal | Answer::Fault(_) => None,
        }
    }
}

fn fault(name: &Value) -> Result<Answer, String> {
    let found = name.as_str().and_then(Fault::named);
    match found {
        Some(fault) if fault.is_an_answer() => Ok(Answer::Fault(fault)),
        Some(fault) => Err(format!("{} is no answer to a request", fault.name())),
        None => Err(format!("no fault is called {name}")),
    }
}

fn delay(value: Option<&Value>) -> Result<Duration, String> {
    let seconds = value.map_or(Some(0.0), Value::as_f64);
    let length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    length.ok_or_else(|| "delay is not a time in seconds".into())
}

fn headers(value: &Value) -> Result<Vec<(String, String)>, String> {
    let members = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Object(members) => members,
        _ => return Err("headers is not an object".into()),
    };
    let text = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        _ => Err(format!("the header {name} is not a text")),
    };
    members.iter().map(text).collect()
}

fn http(value: &Value, delay: Duration) -> Result<Answer, String> {
    let status = value["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    Ok(Answer::Http {
        status: status.ok_or("status is missing or not a number")?,
        headers: headers(&value["headers"])?,
        body: match &value["body"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        },
        delay,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_in_json() {
        for (value, good) in [
            (json!("close"), true),
            (json!("silent"), true),
            (json!("normal"), true),
            (
                json!({"status": 503, "headers": {"Retry-After": "7"}, "body": {"error": "x"}, "delay": 0.5}),
                true,
            ),
            (json!({"raw": "junk"}), true),
            (json!({"fault": "cut-in-body"}), true),
            (json!({"fault": "refuse"}), false),
            (json!({"fault": "unheard-of"}), false),
            (json!("shout"), false),
            (json!({"status": 503, "bodyy": ""}), false),
            (json!({"body": ""}), false),
            (json!({"status": 200, "delay": -1}), false),
            (json!({"status": 200, "delay": "soon"}), false),
            (json!({"status": 200, "headers": {"Retry-After": 7}}), false),
            (json!({"status": 200, "headers": "x"}), false),
            (json!({"raw": 7}), false),
            (json!(7), false),
        ] {
            assert_eq!(Answer::from_json(&value).is_ok(), good, "{value}");
        }
    }

    #[test]
    fn a_length_and_a_type_are_added_unless_given() {
        let text = |value: &Value| match Answer::from_json(value).unwrap().steps().unwrap().pop() {
            Some(Step::Say(bytes)) => String::from_utf8(bytes.into_owned()).unwrap(),
            other => panic!("{other:?}"),
        };
        let plain = text(&json!({"status": 200, "body": "abc"}));
        assert!(plain.contains("Content-Length: 3\r\n") && plain.contains("application/json"), "{plain}");
        let own =
            text(&json!({"status": 200, "headers": {"content-length": "9", "content-type": "text/html"}}));
        assert!(!own.contains("Content-Length: 0") && !own.contains("json"), "{own}");
    }
}
