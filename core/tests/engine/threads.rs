//! Where the system refuses threads, a request has none but that of a caller.

use crate::doubles::Step::{Fail, Gate, Token};
use crate::doubles::World;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use xilnex_auth::{Call, Kind};

fn without_threads(world: &World) {
    world.clock.has_no_threads.store(true, Ordering::SeqCst);
}

fn call(seconds: u64) -> Call {
    Call { timeout: Some(Duration::from_secs(seconds)), ..Call::default() }
}

#[test]
fn the_old_token_goes_on_and_near_its_end_the_caller_flies_itself() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    without_threads(&world);
    assert_eq!(world.get(), "one"); // cold, on the caller's own thread
    world.clock.advance(3100.0);
    for _ in 0..10 {
        assert_eq!(world.get(), "one");
    }
    assert_eq!((world.script.requests(), world.client.stats().refreshes_ahead), (1, 0));
    world.clock.advance(450.0);
    assert_eq!(world.get(), "two");
    assert_eq!(world.script.requests(), 2);
    assert_eq!(world.client.stats().failures, []);
}

#[test]
fn near_the_end_of_a_token_the_caller_flies_for_a_second() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    without_threads(&world);
    world.clock.advance(3550.0);
    assert_eq!(world.get(), "two");
    assert_eq!(world.script.budget(1), Duration::from_millis(975));
}

#[test]
fn a_refresh_that_cannot_begin_is_tried_again_after_half_a_minute_and_costs_nothing() {
    let world = World::new([Token("one", 3600)]);
    assert_eq!(world.get(), "one");
    without_threads(&world);
    world.clock.advance(3100.0);
    for _ in 0..100 {
        assert_eq!(world.get(), "one");
    }
    world.clock.has_no_threads.store(false, Ordering::SeqCst);
    world.clock.advance(29.9);
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 1);
    world.script.push(Token("two", 3600));
    world.clock.advance(0.1);
    world.settle_on("two");
    assert_eq!(world.client.stats().refreshes_ahead, 1);
}

#[test]
fn law_4_the_flying_caller_leaves_at_its_own_deadline_whoever_boards() {
    let world = Arc::new(World::new([Gate, Fail(Kind::Timeout), Token("one", 3600)]));
    without_threads(&world);
    let flies = world.clone();
    let flying = std::thread::spawn(move || flies.client.access_token(&call(2)).unwrap_err().kind());
    world.settle_at_gate(1);
    world.clock.advance(1.0);
    let xilnex_auth::Answer::Pending(patient) = world.client.request(&call(100)).unwrap() else {
        panic!("there is no token yet");
    };
    world.clock.advance(1.0);
    world.script.open();
    assert_eq!(flying.join().unwrap(), Kind::Timeout);
    assert_eq!(world.script.requests(), 1);
    assert_eq!(patient.wait().unwrap_err().kind(), Kind::Timeout);
    // The time of one caller was over, which tells nothing of the server.
    assert_eq!(world.get(), "one");
}

#[test]
fn near_the_end_of_a_token_one_caller_waits_for_a_silent_server_and_not_each() {
    let world = World::new([Token("one", 3600), Fail(Kind::Timeout)]);
    assert_eq!(world.get(), "one");
    without_threads(&world);
    world.clock.advance(3550.0);
    for _ in 0..10 {
        assert_eq!(world.get(), "one");
    }
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn whoever_never_waits_sends_nothing_itself_and_costs_those_who_wait_nothing() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    without_threads(&world);
    let tried = || world.client.try_access_token();
    for _ in 0..20 {
        let error = tried().unwrap_err();
        assert_eq!((error.kind(), error.is_repeated()), (Kind::Unavailable, false));
    }
    assert_eq!(world.script.requests(), 0);
    assert_eq!(world.get(), "one");
    world.clock.advance(3550.0);
    assert_eq!(tried().unwrap().unwrap().value(), "one");
    assert_eq!(world.script.requests(), 1);
}
