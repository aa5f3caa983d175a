//! The laws that spare the server, and the caller: retries, cool-down, budget, soft floor, forced refreshes.

use crate::doubles::Step::{Answer, Busy, Fail, Gate, Token};
use crate::doubles::World;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use xilnex_auth::{Call, Kind};

#[test]
fn law_2_near_its_end_a_token_waits_a_moment_for_the_next() {
    let world = Arc::new(World::new([Token("one", 3600), Gate, Token("two", 3600)]));
    assert_eq!(world.get(), "one");
    world.clock.advance(3545.0);
    let caller = world.get_beside();
    world.settle_at_gate(2);
    world.script.open();
    assert_eq!(caller.join().unwrap(), "two");
}

#[test]
fn law_2_near_its_end_a_token_is_handed_out_after_a_second_and_then_at_once() {
    let world = Arc::new(World::new([Token("one", 3600), Gate, Token("two", 3600)]));
    assert_eq!(world.get(), "one");
    world.clock.advance(3545.0);
    let caller = world.get_beside();
    world.settle_at_gate(2);
    world.clock.advance(0.9);
    std::thread::sleep(Duration::from_millis(20));
    assert!(!caller.is_finished());
    world.clock.advance(0.1);
    assert_eq!(caller.join().unwrap(), "one");
    assert_eq!(world.get(), "one"); // this flight had its second
    assert_eq!(world.script.requests(), 2);
    world.script.open();
    world.settle_on("two");
}

#[test]
fn law_2_a_caller_near_the_end_waits_on_when_the_token_expires_meanwhile() {
    let world = Arc::new(World::new([Token("one", 3600), Gate, Token("two", 3600)]));
    assert_eq!(world.get(), "one");
    world.clock.advance(3594.5);
    let caller = world.get_beside();
    world.settle_at_gate(2);
    world.clock.advance(2.0);
    std::thread::sleep(Duration::from_millis(20));
    assert!(!caller.is_finished());
    world.script.open();
    assert_eq!(caller.join().unwrap(), "two");
}

#[test]
fn law_2_near_its_end_a_token_is_handed_out_at_once_after_a_failure() {
    let world = World::new([Token("one", 3600), Fail(Kind::Connect)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3550.0);
    for _ in 0..100 {
        assert_eq!(world.get(), "one");
    }
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_4_a_request_has_the_time_of_its_callers_and_ends_a_little_before() {
    let call = |seconds| Call { timeout: Some(Duration::from_secs_f64(seconds)), ..Call::default() };
    for (has_threads, timeout, budget) in [
        (true, 2.0, 9.975), // others may board: as long as the client's timeout
        (true, 30.0, 29.975),
        (false, 2.0, 1.975),
        (false, 0.1, 0.095),
    ] {
        let world = World::new([Token("one", 3600)]);
        world.clock.has_no_threads.store(!has_threads, Ordering::SeqCst);
        assert!(world.client.access_token(&call(timeout)).is_ok());
        assert_eq!(world.script.budget(0), Duration::from_secs_f64(budget), "{timeout}");
    }
}

#[test]
fn law_4_a_flight_lasts_as_long_as_somebody_waits() {
    let world = Arc::new(World::new([Gate, Fail(Kind::Timeout), Token("one", 3600)]));
    let caller = |timeout| {
        let world = world.clone();
        let call = Call { timeout: Some(Duration::from_secs(timeout)), ..Call::default() };
        let answer = world.client.request(&call).unwrap();
        std::thread::spawn(move || {
            answer.wait().map_or_else(|e| e.kind().id().into(), |t| t.value().to_owned())
        })
    };
    let early = caller(10);
    world.settle_at_gate(1);
    world.clock.advance(9.0);
    let late = caller(10);
    world.clock.advance(1.0);
    assert_eq!(early.join().unwrap(), "timeout");
    world.script.open(); // the first request ends as it should: at the deadline of the first caller
    assert_eq!(late.join().unwrap(), "one");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_5_a_cold_call_asks_three_times() {
    let world = World::new([Fail(Kind::Connect), Answer(502, ""), Token("one", 3600)]);
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 3);

    let world = World::new([]);
    let error = world.client.get_token().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Connect, 3));
    assert_eq!(world.script.requests(), 3);
}

#[test]
fn law_5_only_what_may_pass_is_asked_again() {
    for step in [
        || Answer(400, r#"{"error":"invalid_scope"}"#),
        || Answer(503, r#"{"error":"temporarily_unavailable"}"#),
        || Answer(200, "<html>"),
        || Answer(302, ""),
        || Fail(Kind::Tls),
        || Fail(Kind::Timeout),
    ] {
        let world = World::new([step(), Token("one", 3600)]);
        assert_eq!(world.client.get_token().unwrap_err().attempts(), 1);
        assert_eq!(world.script.requests(), 1);
    }
}

#[test]
fn law_5_retry_after_is_waited_for_if_there_is_time() {
    let world = World::new([Busy(4), Token("one", 3600)]);
    let began = world.clock.reading().boot;
    assert_eq!(world.get(), "one");
    assert_eq!(world.clock.reading().boot - began, Duration::from_secs(4));

    let world = World::new([Busy(20), Token("one", 3600)]);
    let error = world.client.get_token().unwrap_err();
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(20))));
    world.clock.advance(19.5);
    let error = world.client.get_token().unwrap_err();
    assert!(error.is_repeated() && !error.message().contains('\n'), "{error:?}");
    assert_eq!((error.http_status(), error.retry_after()), (Some(503), Some(Duration::from_millis(500))));
    assert_eq!(world.script.requests(), 1);
    world.clock.advance(0.5);
    assert_eq!(world.get(), "one");
}

#[test]
fn law_5_a_refresh_ahead_asks_once() {
    let world = World::new([Token("one", 3600), Fail(Kind::Connect), Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    assert_eq!(world.get(), "one");
    world.settle(2);
}

#[test]
fn law_6_a_transient_failure_is_told_again_for_a_second_and_longer_each_time() {
    let world = World::new([]);
    let error = world.client.get_token().unwrap_err();
    assert!(!error.is_repeated());
    let again = world.client.get_token().unwrap_err();
    assert_eq!((again.kind(), again.attempts(), again.is_repeated()), (Kind::Connect, 3, true));
    assert!(again.message().starts_with(error.message()), "{again}");
    assert_eq!(world.script.requests(), 3);
    for (pause, requests) in [(1.0, 4), (1.9, 4), (0.4, 5), (3.9, 5), (0.9, 6)] {
        world.clock.advance(pause);
        assert_eq!(world.get(), "connect");
        assert_eq!(world.script.requests(), requests, "after {pause}");
    }
    world.script.push(Token("one", 3600));
    world.clock.advance(10.0);
    assert_eq!(world.get(), "one");
}

#[test]
fn law_6_a_refusal_is_told_again_for_half_a_minute() {
    let world = World::new([Answer(401, r#"{"error":"invalid_client"}"#), Token("one", 3600)]);
    for _ in 0..1000 {
        let error = world.client.get_token().unwrap_err();
        assert_eq!((error.kind(), error.oauth_error()), (Kind::Rejected, Some("invalid_client")));
    }
    world.clock.advance(29.9);
    assert_eq!(world.get(), "rejected");
    assert_eq!(world.script.requests(), 1);
    world.clock.advance(6.1);
    assert_eq!(world.get(), "one");
}

#[test]
fn law_7_ten_requests_a_minute_and_no_more() {
    let world = World::new([]);
    world.script.repeat(40, || Token("brief", 2));
    for _ in 0..10 {
        assert_eq!(world.get(), "brief");
        world.clock.advance(2.0);
    }
    let error = world.client.get_token().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Unavailable, 0));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
    assert!(error.is_retryable() && error.hint().is_some());
    assert_eq!((world.script.requests(), world.client.stats().refused_by_budget), (10, 1));
    world.clock.advance(40.0);
    assert_eq!(world.get(), "brief");
}

#[test]
fn law_7_holds_for_refreshes_ahead() {
    let world = World::new([]);
    world.script.repeat(1000, || Token("brief", 4));
    for _ in 0..600 {
        world.get();
        world.clock.advance(0.1);
        world.until(|| !world.client.is_refreshing());
    }
    assert_eq!(world.script.requests(), 10);
}

#[test]
fn law_6_a_server_that_is_silent_is_left_alone_too() {
    let world = World::new([Fail(Kind::Timeout), Token("one", 3600)]);
    assert_eq!(world.get(), "timeout");
    let again = world.client.get_token().unwrap_err();
    assert_eq!((again.kind(), again.is_repeated()), (Kind::Timeout, true));
    world.clock.advance(1.0);
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_6_what_fails_on_this_machine_is_told_as_such_and_pauses_too() {
    let world = World::new([]);
    world.script.repeat(50, || Fail(Kind::InvalidConfig));
    for _ in 0..100 {
        assert_eq!(world.get(), "invalid_config");
    }
    assert_eq!(world.script.requests(), 1);

    let world = World::new([Token("one", 3600)]);
    world.script.repeat(50, || Fail(Kind::InvalidConfig));
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    for _ in 0..50 {
        assert_eq!(world.get(), "one");
        world.until(|| !world.client.is_refreshing());
    }
    assert_eq!(world.client.stats().refreshes_ahead, 1);
}

#[test]
fn law_8_a_token_that_has_expired_is_dropped_for_nothing() {
    let world = World::new([Token("one", 3600), Token("two", 3600), Token("three", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3600.0);
    assert!(world.client.invalidate("one"));
    assert_eq!(world.get(), "two");
    assert!(world.client.invalidate("two"));
    assert_eq!(world.get(), "three");
    assert!(!world.client.invalidate("three"));
}

#[test]
fn law_8_a_resource_server_that_refuses_all_costs_a_request_in_half_a_minute() {
    let world = World::new([]);
    let names = ["a", "b", "c", "d", "e", "f"];
    names.into_iter().for_each(|name| world.script.push(Token(name, 3600)));
    for _ in 0..900 {
        let token = world.get();
        let was_dropped = world.client.invalidate(&token);
        assert!(was_dropped || world.get() == token, "a token that stays is handed out");
        world.clock.advance(0.1);
    }
    assert_eq!(world.script.requests(), 4); // at 0, and after each drop at 0, 30 and 60
}

#[test]
fn stats_tell_what_was_done() {
    let world = World::new([Fail(Kind::Connect), Token("one", 3600), Fail(Kind::Dns)]);
    assert_eq!(world.client.stats().expires_in, None);
    assert_eq!(world.get(), "one");
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    assert_eq!(world.get(), "one");
    world.settle(3);
    std::thread::sleep(Duration::from_millis(20)); // it counts as an outage once all have been told of the failure
    assert_eq!(world.get(), "one");
    let stats = world.client.stats();
    assert_eq!((stats.requests, stats.successes, stats.hits), (3, 1, 3));
    assert_eq!(stats.failures, [(Kind::Dns, 1), (Kind::Connect, 1)]);
    assert_eq!((stats.refreshes_ahead, stats.served_while_failing), (1, 1));
    assert!(stats.last_refresh.is_some_and(|took| took <= Duration::from_millis(200)));
    let left = stats.expires_in.unwrap();
    assert!(left <= Duration::from_secs(495) && left > Duration::from_secs(494), "{left:?}");
    world.clock.advance(600.0);
    assert_eq!(world.client.stats().expires_in, Some(Duration::ZERO));
    world.get();
    world.get();
    assert_eq!(world.client.stats().refused_in_cool_down, 1);
}

#[test]
fn law_2_a_token_that_expired_on_its_way_takes_no_valid_one_away() {
    for advance in [3100.0, 3550.0] {
        let world = Arc::new(World::new([Token("one", 3600), Gate, Token("two", 1)]));
        assert_eq!(world.get(), "one");
        world.clock.advance(advance);
        let caller = world.get_beside();
        world.settle_at_gate(2);
        world.clock.advance(3.0);
        world.script.open();
        assert_eq!(caller.join().unwrap(), "one");
        world.settle(2);
        assert_eq!(world.client.stats().expires_in, Some(Duration::from_secs_f64(3592.0 - advance)));
        assert_eq!(world.get(), "one");
    }
}
