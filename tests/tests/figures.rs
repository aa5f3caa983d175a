//! The figures of RELIABILITY.md at the scale of a test; `make reliability` takes them at full scale.

use std::time::Duration;
use xilnex_auth::Kind;
use xilnex_auth_tests::crowd::{Arrival, deadlines, one_request};
use xilnex_auth_tests::doubles::Step;
use xilnex_auth_tests::{outage, simulation};

#[test]
fn no_law_is_broken_in_simulated_worlds() {
    let figures = simulation::run(1, 20_000.0).unwrap_or_else(|told| panic!("{told}"));
    assert!(figures.calls > 1000 && figures.tokens > 100 && figures.suspends > 0 && figures.clock_steps > 0);
}

#[test]
fn a_thousand_threads_make_one_request() {
    for arrival in Arrival::ALL {
        one_request(1000, 2, arrival).unwrap_or_else(|told| panic!("{arrival:?}: {told}"));
    }
}

#[test]
fn callers_come_back_by_their_deadline() {
    deadlines(100, Duration::from_millis(300)).unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn a_dead_server_takes_nothing_away_before_expiry() {
    let (answered, refused) = outage::dead_from_three_quarters(20).unwrap_or_else(|told| panic!("{told}"));
    assert!(answered > 500 && refused == 20);
}

#[test]
fn a_failing_server_is_spared() {
    let invalid_client = || Step::Answer(400, r#"{"error":"invalid_client"}"#);
    assert!(outage::ten_minutes(60_000, Kind::Rejected, None, invalid_client).unwrap() <= 20);
    assert!(outage::ten_minutes(60_000, Kind::Unavailable, None, || Step::Answer(503, "")).unwrap() <= 25);
    let patience = Duration::from_secs(45);
    let asked = outage::ten_minutes(60_000, Kind::Unavailable, Some(patience), || Step::Busy(45)).unwrap();
    assert!(asked <= 14, "{asked}");
}
