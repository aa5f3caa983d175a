//! A place in a flight, for callers that look again and again and cannot block.

use crate::doubles::Step::{Fail, Gate, Token};
use crate::doubles::World;
use std::time::Duration;
use xilnex_auth::{Answer, Call, Kind, Pending};

fn seconds(count: f64) -> Duration {
    Duration::from_secs_f64(count)
}

fn pending(world: &World) -> Pending {
    match world.client.request(&Call::default()) {
        Ok(Answer::Pending(pending)) => pending,
        Ok(Answer::Ready(token)) => panic!("{token:?} is at hand"),
        Err(error) => panic!("{error:?}"),
    }
}

fn value(pending: &Pending) -> Option<String> {
    let outcome = pending.wait_for(Duration::ZERO)?;
    Some(outcome.map_or_else(|error| error.kind().id().to_owned(), |token| token.value().to_owned()))
}

#[test]
fn whoever_looks_before_the_landing_is_told_how_long_it_may_take() {
    let world = World::new([Gate, Token("one", 3600)]);
    let pending = pending(&world);
    world.settle_at_gate(1);
    assert_eq!((value(&pending), pending.left()), (None, seconds(10.0)));
    world.clock.advance(4.0);
    assert_eq!((value(&pending), pending.left()), (None, seconds(6.0)));
    world.clock.advance(6.0);
    assert_eq!((value(&pending), pending.left()), (Some("timeout".into()), Duration::ZERO));
    world.script.open();
    world.settle(1);
    assert_eq!(value(&pending), Some("one".into()));
}

#[test]
fn what_a_flight_brought_is_its_callers_even_if_it_was_dropped_since() {
    let world = World::new([Gate, Token("one", 3600)]);
    let pending = pending(&world);
    world.script.open();
    world.settle(1);
    assert!(world.client.invalidate("one"));
    assert_eq!(value(&pending), Some("one".into()));
}

#[test]
fn law_2_near_the_end_there_is_something_to_decide_after_a_second() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3550.0);
    let early = pending(&world);
    world.settle_at_gate(2);
    assert!(world.client.ready(&Call::default()).unwrap().is_none());
    assert_eq!((value(&early), early.left()), (None, seconds(1.0)));
    world.clock.advance(0.25);
    let late = pending(&world);
    assert_eq!((value(&late), late.left()), (None, seconds(0.75)));
    world.clock.advance(0.75);
    assert_eq!((value(&early), early.left()), (Some("one".into()), Duration::ZERO));
    assert_eq!((value(&late), late.left()), (Some("one".into()), Duration::ZERO));
    assert_eq!(world.client.ready(&Call::default()).unwrap().unwrap().value(), "one");
    world.script.open();
    world.settle_on("two");
}

#[test]
fn law_2_a_token_with_less_than_a_second_left_is_handed_out_before_that_is_over() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3594.5);
    let pending = pending(&world);
    world.settle_at_gate(2);
    world.clock.advance(0.47);
    assert_eq!(value(&pending), None);
    world.clock.advance(0.005);
    assert_eq!(value(&pending), Some("one".into()));
    world.script.open();
    world.settle_on("two");
}

#[test]
fn law_2_a_second_that_ends_after_the_token_is_not_the_end_of_waiting() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3594.5);
    let pending = pending(&world);
    world.settle_at_gate(2);
    assert_eq!(pending.left(), seconds(0.475));
    world.clock.advance(1.0);
    assert_eq!((value(&pending), pending.left()), (None, seconds(9.0)));
    world.clock.advance(1.0);
    assert_eq!((value(&pending), pending.left()), (None, seconds(8.0)));
    world.script.open();
    world.settle(2);
    assert_eq!(value(&pending), Some("two".into()));
}

#[test]
fn law_2_near_the_end_the_pause_of_a_refresh_ahead_holds_after_the_cool_down() {
    let world = World::new([Token("one", 3600), Fail(Kind::Connect)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3545.0);
    assert_eq!(world.get(), "one");
    world.settle(2);
    for _ in 0..14 {
        world.clock.advance(1.0);
        assert!(world.client.ready(&Call::default()).unwrap().is_some());
        assert_eq!(world.get(), "one");
    }
    assert_eq!(world.script.requests(), 2);
    world.script.push(Token("two", 3600));
    world.clock.advance(31.5);
    assert_eq!(world.get(), "two");
}

#[test]
fn law_2_whoever_sees_its_token_expire_is_one_who_waits() {
    let world = World::new([Token("one", 3600), Gate, Fail(Kind::Connect), Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3594.5);
    let pending = pending(&world);
    world.settle_at_gate(2);
    world.clock.advance(1.0);
    assert_eq!(value(&pending), None);
    world.script.open(); // without anybody who waits it would end with its first failure
    world.settle(3);
    assert_eq!(value(&pending), Some("two".into()));
}

#[test]
fn law_4_callers_who_keep_boarding_do_not_keep_a_vanished_flight() {
    let world = World::new([Gate, Token("late", 3600)]);
    let first = pending(&world);
    world.settle_at_gate(1);
    for _ in 0..2 {
        world.clock.advance(5.0);
        assert_eq!(value(&pending(&world)), None);
    }
    world.clock.advance(2.1);
    assert_eq!(value(&first), Some("timeout".into()));
    assert_eq!(world.get(), "late");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_4_time_that_is_left_is_used_while_the_server_is_probed_too() {
    let world = World::new([Fail(Kind::Tls), Gate, Fail(Kind::Timeout), Token("one", 3600)]);
    assert_eq!(world.get(), "tls");
    world.clock.advance(1.0);
    let early = pending(&world);
    world.settle_at_gate(2);
    world.clock.advance(9.0);
    let late = pending(&world);
    world.clock.advance(1.0);
    assert_eq!(value(&early), Some("timeout".into()));
    world.script.open();
    world.settle(3);
    assert_eq!(value(&late), Some("one".into()));
}

#[test]
fn a_call_without_a_limit_has_one() {
    let world = World::new([Token("one", 3600)]);
    world.clock.advance(1.0);
    let call = Call { timeout: Some(Duration::MAX), ..Call::default() };
    assert_eq!(world.client.access_token(&call).unwrap().value(), "one");
}

#[test]
fn law_5_silence_is_asked_again_for_those_who_boarded_since_and_for_nobody_else() {
    let world = World::new([Gate, Fail(Kind::Timeout), Fail(Kind::Timeout), Token("one", 3600)]);
    let first = pending(&world);
    world.settle_at_gate(1);
    let far = Call { timeout: Some(seconds(1000.0)), ..Call::default() };
    let patient = world.client.request(&far).unwrap();
    world.clock.advance(10.0);
    world.script.open();
    // The second request has all the time of the patient one; nobody boarded after it.
    assert_eq!(patient.wait().unwrap_err().kind(), Kind::Timeout);
    assert_eq!(value(&first), Some("timeout".into()));
    assert_eq!(world.script.requests(), 2);
}

/// What a caller gets that never waits.
fn tried(world: &World) -> Option<String> {
    let found = world.client.try_access_token().transpose()?;
    Some(found.map_or_else(|error| error.kind().id().to_owned(), |token| token.value().to_owned()))
}

#[test]
fn whoever_never_waits_asks_until_the_token_is_there() {
    let world = World::new([Gate, Token("one", 3600)]);
    for _ in 0..100 {
        assert_eq!(tried(&world), None);
    }
    world.settle_at_gate(1);
    world.script.open();
    world.settle(1);
    assert_eq!(tried(&world), Some("one".into()));
}

#[test]
fn asking_again_and_again_does_not_prolong_a_request() {
    let world = World::new([Gate, Fail(Kind::Timeout), Token("one", 3600)]);
    assert_eq!(tried(&world), None);
    world.settle_at_gate(1);
    for _ in 0..10 {
        world.clock.advance(1.0);
        assert_eq!(tried(&world), None);
    }
    world.script.open();
    world.settle(1);
    assert_eq!(tried(&world), Some("timeout".into()));
    world.clock.advance(1.0);
    world.until(|| tried(&world).is_some());
    assert_eq!(tried(&world), Some("one".into()));
}

#[test]
fn whoever_never_waits_has_a_valid_token_to_its_end() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3590.0);
    assert_eq!(tried(&world), Some("one".into()));
    world.settle_at_gate(2);
    assert_eq!(tried(&world), Some("one".into()));
    world.clock.advance(5.0);
    assert_eq!(tried(&world), None);
    world.script.open();
    world.settle_on("two");
}

#[test]
fn whoever_never_waits_is_told_that_the_client_is_closed() {
    let world = World::new([Token("one", 3600)]);
    assert_eq!(world.get(), "one");
    world.client.close();
    assert_eq!(tried(&world), Some("closed".into()));
}
