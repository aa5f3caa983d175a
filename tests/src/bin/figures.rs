//! Takes the figures of RELIABILITY.md that need no package: one JSON object a line, as the edge programs print them.
//! Usage: figures [WORD], only those with the word in their name; SEED in the environment gives the same worlds again.

use serde_json::{Map, Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use xilnex_auth::Kind;
use xilnex_auth_tests::crowd::{Arrival, deadlines, floor, one_request};
use xilnex_auth_tests::doubles::Step;
use xilnex_auth_tests::{outage, simulation};

const SIMULATED_HOURS: f64 = 1e7;
const THREADS: usize = 10_000;
const REPETITIONS: usize = 20;
const CALLS: u64 = 1_000_000;

/// Takes a figure, if it was asked for; false when it is not as it must be.
fn take(figure: &str, measure: impl FnOnce() -> Result<Value, String>) -> bool {
    if std::env::args().nth(1).is_some_and(|word| !figure.contains(&word)) {
        return true;
    }
    let outcome = measure();
    let mut line = Map::from_iter([("figure".to_owned(), json!(figure))]);
    match &outcome {
        Ok(Value::Object(told)) => line.extend(told.clone()),
        Ok(_) => {}
        Err(told) => drop(line.insert("wrong".to_owned(), json!(told))),
    }
    // The one program here whose purpose is to print.
    #[allow(clippy::print_stdout, reason = "the figures are its output")]
    {
        println!("{}", Value::Object(line));
    }
    outcome.is_ok()
}

fn simulated() -> Result<Value, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs());
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(now);
    let figures = simulation::run_on_all(seed, SIMULATED_HOURS)?;
    Ok(json!({
        "hours": figures.hours.floor(), "worlds": figures.worlds, "first seed": seed, "calls": figures.calls,
        "requests": figures.requests, "tokens": figures.tokens, "suspends": figures.suspends,
        "clock steps": figures.clock_steps, "tokens after expiry - guard": 0, "laws broken": 0,
    }))
}

fn crowds(threads: usize, repetitions: usize, arrival: Arrival) -> Result<Value, String> {
    let mut slowest = one_request(threads, repetitions, arrival)?;
    slowest.sort();
    Ok(json!({
        "threads": threads, "repetitions": repetitions, "requests each": 1,
        "last caller released after, median ms": millis(slowest[repetitions / 2]),
        "worst ms": millis(slowest[repetitions - 1]),
    }))
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn outlived() -> Result<Value, String> {
    let (answered, refused) = outage::dead_from_three_quarters(1000)?;
    Ok(
        json!({"calls before expiry - guard": answered, "answered": answered, "refused at once after it": refused}),
    )
}

fn spared(kind: Kind, most: usize, patience: Option<u64>, step: fn() -> Step) -> Result<Value, String> {
    let asked = outage::ten_minutes(CALLS, kind, patience.map(Duration::from_secs), step)?;
    if asked > most {
        return Err(format!("{asked} requests, at most {most} are allowed"));
    }
    Ok(json!({"calls": CALLS, "requests": asked, "allowed": most}))
}

fn punctual() -> Result<Value, String> {
    let pairs = 1000;
    let late = deadlines(pairs, Duration::from_millis(1500))?;
    if late > Duration::from_millis(50) {
        return Err(format!("a caller came back {late:?} after its deadline"));
    }
    Ok(json!({"pairs": pairs, "latest after the deadline, ms": millis(late)}))
}

fn main() {
    let rejected = || Step::Answer(400, r#"{"error":"invalid_client"}"#);
    let mut is_right = take("simulated worlds against the reference model", simulated);
    for (name, arrival) in [
        ("threads without a token", Arrival::Cold),
        ("threads at expiry", Arrival::AtExpiry),
        ("threads without a token, the request fails", Arrival::ColdFailure),
        ("threads at expiry, the request fails", Arrival::FailureAtExpiry),
    ] {
        is_right &= take(&format!("10,000 {name}"), || crowds(THREADS, REPETITIONS, arrival));
    }
    is_right &= take("10,000 threads that wait for a bare condition variable, the floor", || {
        let mut slowest = floor(THREADS, REPETITIONS);
        slowest.sort();
        Ok(
            json!({"median ms": millis(slowest[REPETITIONS / 2]), "worst ms": millis(slowest[REPETITIONS - 1])}),
        )
    });
    is_right &= take("64 threads, the request fails", || crowds(64, 100, Arrival::ColdFailure));
    is_right &= take("1,000 threads, the request fails", || crowds(1000, 50, Arrival::ColdFailure));
    is_right &= take("server dead from 75 % of the lifetime, 1,000 lifetimes from 10 s to a day", outlived);
    is_right &= take("ten minutes of invalid_client", || spared(Kind::Rejected, 20, None, rejected));
    is_right &= take("ten minutes of 503", || spared(Kind::Unavailable, 25, None, || Step::Answer(503, "")));
    is_right &= take("ten minutes of 503 with Retry-After: 45", || {
        spared(Kind::Unavailable, 14, Some(45), || Step::Busy(45))
    });
    is_right &= take("random flight durations and caller deadlines", punctual);
    std::process::exit(i32::from(!is_right));
}
