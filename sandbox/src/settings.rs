//! The options of a sandbox as JSON, for the languages that have no structures of Rust.

use crate::{Answer, Fault, FaultPlan, Options};
use serde_json::Value;
use std::time::Duration;

/// Every member that the object may have.
const MEMBERS: [&str; 11] = [
    "port",
    "client_id",
    "client_secret",
    "scope",
    "ttl",
    "latency",
    "tls",
    "script",
    "fault",
    "fault_after",
    "fault_times",
];

impl Options {
    /// Reads an object with any of the members `port`, `client_id`, `client_secret`, `scope`, `ttl` and `latency` in
    /// seconds, `tls`, `script` (a list of answers as [`Answer::from_json`] has them), `fault` (a name), `fault_after`
    /// and `fault_times`; what is left out or null is as in [`Options::default`].
    ///
    /// # Errors
    /// A sentence that names the member that is wrong.
    pub fn from_json(text: &str) -> Result<Options, String> {
        let value: Value = serde_json::from_str(text).map_err(|_| "the options are not JSON")?;
        let members = value.as_object().ok_or("the options are not an object")?;
        if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(format!("unknown option {name}: a sandbox has {}", MEMBERS.join(", ")));
        }
        let given = |name: &str| members.get(name).filter(|value| !value.is_null());
        let mut options = Options::default();
        let client = &mut options.clients[0];
        text_of(given("client_id"), "client_id", &mut client.client_id)?;
        text_of(given("client_secret"), "client_secret", &mut client.client_secret)?;
        text_of(given("scope"), "scope", &mut client.scope)?;
        if let Some(port) = given("port") {
            options.port =
                number(port, "port")?.try_into().map_err(|_| "port must be a number up to 65535")?;
        }
        options.ttl = seconds(given("ttl"), "ttl", options.ttl)?;
        options.latency = seconds(given("latency"), "latency", options.latency)?;
        options.tls = match given("tls") {
            None => false,
            Some(tls) => tls.as_bool().ok_or("tls must be true or false")?,
        };
        options.script = match given("script") {
            None => Vec::new(),
            Some(script) => script
                .as_array()
                .ok_or("script must be a list of answers")?
                .iter()
                .enumerate()
                .map(|(index, answer)| {
                    Answer::from_json(answer).map_err(|told| format!("script[{index}]: {told}"))
                })
                .collect::<Result<_, _>>()?,
        };
        options.fault = fault(given("fault"), given("fault_after"), given("fault_times"))?;
        Ok(options)
    }
}

fn text_of(given: Option<&Value>, name: &str, place: &mut String) -> Result<(), String> {
    if let Some(value) = given {
        let text = value.as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("{name} must be a text that is not empty"))?.clone_into(place);
    }
    Ok(())
}

fn number(value: &Value, name: &str) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| format!("{name} must be a whole number such as 1"))
}

fn seconds(given: Option<&Value>, name: &str, default: Duration) -> Result<Duration, String> {
    let Some(value) = given else { return Ok(default) };
    let length = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    length.ok_or_else(|| format!("{name} must be a number of seconds such as 3600 or 0.5"))
}

fn fault(
    name: Option<&Value>,
    after: Option<&Value>,
    times: Option<&Value>,
) -> Result<Option<FaultPlan>, String> {
    let Some(name) = name else {
        let is_alone = after.is_none() && times.is_none();
        return if is_alone { Ok(None) } else { Err("fault_after and fault_times need fault".into()) };
    };
    let fault = name.as_str().and_then(Fault::named);
    Ok(Some(FaultPlan {
        fault: fault.ok_or("fault names no fault: xilnex-auth sandbox --faults lists them")?,
        after: after.map(|after| number(after, "fault_after")).transpose()?.unwrap_or_default(),
        times: times.map(|times| number(times, "fault_times")).transpose()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_told() {
        let options = Options::from_json(
            r#"{"port": 0, "client_id": "a", "client_secret": "b", "scope": "c d", "ttl": 2.5, "latency": 0.5, "tls": true,
                "script": ["close", {"status": 503}], "fault": "refuse", "fault_after": 1, "fault_times": null}"#,
        )
        .unwrap();
        let client = &options.clients[0];
        assert_eq!(
            (client.client_id.as_str(), client.client_secret.as_str(), client.scope.as_str()),
            ("a", "b", "c d")
        );
        assert_eq!((options.ttl, options.latency), (Duration::from_millis(2500), Duration::from_millis(500)));
        let plan = options.fault.unwrap();
        assert_eq!((plan.fault.name(), plan.after, plan.times), ("refuse", 1, None));
        assert!(options.tls && options.script.len() == 2);
        assert_eq!(Options::from_json("{}").unwrap().ttl, Options::default().ttl);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("", "not JSON"),
            ("[]", "not an object"),
            (r#"{"tll": 5}"#, "unknown option tll"),
            (r#"{"port": 65536}"#, "port"),
            (r#"{"port": "80"}"#, "port"),
            (r#"{"client_id": ""}"#, "client_id"),
            (r#"{"client_secret": 7}"#, "client_secret"),
            (r#"{"scope": []}"#, "scope"),
            (r#"{"ttl": -1}"#, "ttl"),
            (r#"{"latency": "1"}"#, "latency"),
            (r#"{"tls": 1}"#, "tls"),
            (r#"{"script": {}}"#, "script"),
            (r#"{"script": ["close", "shout"]}"#, "script[1]"),
            (r#"{"fault": "unheard-of"}"#, "fault"),
            (r#"{"fault": "refuse", "fault_after": -1}"#, "fault_after"),
            (r#"{"fault_times": 1}"#, "need fault"),
        ] {
            let told = Options::from_json(text).unwrap_err();
            assert!(told.contains(word), "{text}: {told}");
        }
    }
}
