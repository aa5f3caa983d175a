//! The driver of Rust: commands from stdin, one line of JSON for each answer.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use xilnex_auth::event::{Subscription, subscribe};
use xilnex_auth::{AccessToken, Call, Client, Config, Error};

#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

#[derive(Default)]
struct State {
    options: Vec<(String, String)>,
    client: Option<Client>,
    last_error: Option<Error>,
    heard: Arc<Mutex<Vec<String>>>,
    subscription: Option<Subscription>,
}

fn main() {
    let mut state = State::default();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let words: Vec<String> =
            line.split(' ').map(|word| percent_decode_str(word).decode_utf8_lossy().into_owned()).collect();
        if let Some(answer) = answer(&mut state, &words) {
            println!("{answer}");
        }
    }
}

fn answer(state: &mut State, words: &[String]) -> Option<Value> {
    let word = |index: usize| words.get(index).map(String::as_str).unwrap_or_default();
    let number = |index: usize| word(index).parse::<f64>().unwrap_or_default();
    let result = match word(0) {
        "option" => {
            state.options.push((word(1).to_owned(), word(2).to_owned()));
            return None;
        }
        "listen" => {
            let heard = state.heard.clone();
            state.subscription =
                Some(subscribe(move |event| heard.lock().unwrap().push(event.happening.id().to_owned())));
            Ok(json!({"ok": true}))
        }
        "events" => Ok(json!({"events": *state.heard.lock().unwrap()})),
        "sleep" => {
            std::thread::sleep(Duration::from_secs_f64(number(1)));
            Ok(json!({"ok": true}))
        }
        "client" => make(&state.options).map(|client| {
            state.client = Some(client);
            json!({"ok": true})
        }),
        "default_token" => xilnex_auth::get_token().map(|token| json!({"token": token})),
        "close_while" => match &state.client {
            None => return Some(json!({"error": {"kind": "no_client"}})),
            Some(client) => make(&state.options).map(|other| close_while(client, &other, number(1) as usize)),
        },
        command => match &state.client {
            None => return Some(json!({"error": {"kind": "no_client"}})),
            Some(client) => with_client(client, command, word(1), number(1), state.last_error.as_ref()),
        },
    };
    Some(result.unwrap_or_else(|error| {
        let told = describe(&error);
        state.last_error = Some(error);
        json!({"error": told})
    }))
}

fn make(options: &[(String, String)]) -> Result<Client, Error> {
    let mut config = Config::from_env()?;
    for (name, text) in options {
        config.set(name, text)?;
    }
    Client::new(config)
}

fn with_client(
    client: &Client,
    command: &str,
    word: &str,
    number: f64,
    last: Option<&Error>,
) -> Result<Value, Error> {
    match command {
        "get_token" => client.get_token().map(|token| json!({"token": token})),
        "authorization_header" => client.authorization_header().map(|header| json!({"header": header})),
        "access_token" => {
            let call = Call { min_ttl: Duration::from_secs_f64(number), ..Call::default() };
            client.access_token(&call).map(|token| shown(&token))
        }
        "many" => Ok(many(client, number as usize)),
        "stats" => Ok(stats(client)),
        "invalidate" => Ok(json!({"invalidated": client.invalidate(word)})),
        "concurrent" => Ok(concurrent(client, number as usize)),
        "close" => {
            client.close();
            Ok(json!({"ok": true}))
        }
        "show" => Ok(
            json!({"shown": format!("{client:?} {last:?} {}", last.map(ToString::to_string).unwrap_or_default())}),
        ),
        other => Err(Error::invalid_config(format!("the driver knows no command {other}"))),
    }
}

fn stats(client: &Client) -> Value {
    let stats = client.stats();
    let failures: u64 = stats.failures.iter().map(|(_, count)| count).sum();
    json!({"stats": {
        "requests": stats.requests, "successes": stats.successes, "failures": failures, "hits": stats.hits,
        "refreshes_ahead": stats.refreshes_ahead, "served_while_failing": stats.served_while_failing,
        "refused_in_cool_down": stats.refused_in_cool_down, "refused_by_budget": stats.refused_by_budget,
        "last_refresh": stats.last_refresh.map(|took| took.as_secs_f64()),
        "expires_in": stats.expires_in.map(|left| left.as_secs_f64()), "clock_skew": stats.clock_skew,
    }})
}

/// One after the other.
fn many(client: &Client, count: usize) -> Value {
    let (mut tokens, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..count {
        match client.get_token() {
            Ok(token) => tokens.insert(token),
            Err(error) => errors.insert(error.kind().id()),
        };
    }
    json!({"tokens": tokens, "errors": errors})
}

fn concurrent(client: &Client, count: usize) -> Value {
    let callers: Vec<_> = (0..count)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || client.get_token())
        })
        .collect();
    let (mut tokens, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for caller in callers {
        match caller.join() {
            Ok(Ok(token)) => tokens.insert(token),
            Ok(Err(error)) => errors.insert(error.kind().id()),
            Err(_) => errors.insert("panic"),
        };
    }
    json!({"tokens": tokens, "errors": errors})
}

/// Closes a client while callers wait for it and one waits for its equal.
fn close_while(client: &Client, other: &Client, count: usize) -> Value {
    let ask = |client: &Client| {
        let client = client.clone();
        std::thread::spawn(move || (client.get_token(), Instant::now()))
    };
    let (leaving, staying) = ((0..count).map(|_| ask(client)).collect::<Vec<_>>(), ask(other));
    std::thread::sleep(Duration::from_millis(300));
    let closed = Instant::now();
    client.close();
    let (mut tokens, mut errors, mut longest) = (BTreeSet::new(), BTreeSet::new(), Duration::ZERO);
    for caller in leaving {
        let (outcome, ended) = caller.join().expect("a caller");
        longest = longest.max(ended.saturating_duration_since(closed));
        match outcome {
            Ok(token) => tokens.insert(token),
            Err(error) => errors.insert(error.kind().id().to_owned()),
        };
    }
    match staying.join().expect("the other caller").0 {
        Ok(token) => tokens.insert(token),
        Err(error) => errors.insert(format!("other: {}", error.kind().id())),
    };
    json!({"tokens": tokens, "errors": errors, "seconds": longest.as_secs_f64()})
}

fn shown(token: &AccessToken) -> Value {
    let left = token.expires_at().duration_since(SystemTime::now()).unwrap_or_default();
    json!({"token": token.value(), "token_type": token.token_type(), "scope": token.scope(), "expires_in": left.as_secs_f64()})
}

fn describe(error: &Error) -> Value {
    json!({
        "kind": error.kind().id(),
        "message": error.message(),
        "hint": error.hint(),
        "oauth_error": error.oauth_error(),
        "http_status": error.http_status(),
        "retry_after": error.retry_after().map(|wait| wait.as_secs_f64()),
        "attempts": error.attempts(),
        "is_retryable": error.is_retryable(),
        "is_repeated": error.is_repeated(),
    })
}
