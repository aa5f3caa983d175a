//! What a listener hears of the engine's life.

use crate::doubles::Step::{Fail, Gate, Token};
use crate::doubles::World;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use xilnex_auth::event::{Event, Happening, subscribe};
use xilnex_auth::{Call, Client, Kind};

/// Listens to one client of the many in this process.
fn record(client_id: &'static str) -> (Arc<Mutex<Vec<Event>>>, xilnex_auth::event::Subscription) {
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let hears = heard.clone();
    let subscription = subscribe(move |event| {
        if event.client_id == client_id {
            hears.lock().push(event.clone());
        }
    });
    (heard, subscription)
}

#[test]
fn a_life_is_told_without_a_token() {
    let (heard, _subscription) = record("told");
    let world = World::with(
        [Token("canary-one", 3600), Fail(Kind::Connect)],
        &[("client_id", "told"), ("client_secret", "canary")],
    );
    let until_told = |count| world.until(|| heard.lock().len() >= count);
    world.get();
    until_told(2);
    world.clock.advance(3100.0);
    world.get();
    until_told(4);
    // What follows from a failure is told once all have been told of that.
    world.until(|| {
        world.get();
        heard.lock().len() >= 5
    });
    (0..10).for_each(|_| drop(world.get()));
    assert!(world.client.invalidate("canary-one"));
    let heard = heard.lock();
    let names: Vec<_> = heard.iter().map(|event| event.happening.id()).collect();
    assert_eq!(
        names,
        [
            "refresh_started",
            "refresh_succeeded",
            "refresh_started",
            "refresh_failed",
            "served_during_outage",
            "invalidated"
        ]
    );
    let warnings: Vec<_> =
        heard.iter().filter(|event| event.is_warning).map(|event| event.happening.id()).collect();
    assert_eq!(warnings, ["refresh_failed"]);
    assert_eq!(heard[1].token.as_deref().map(str::len), Some(8));
    assert_eq!((&heard[1].token, &heard[1].token), (&heard[4].token, &heard[5].token));
    assert!(heard[3].error.as_ref().is_some_and(|error| error.kind() == Kind::Connect));
    assert!(heard[4].expires_in.is_some() && heard[1].took.is_some());
    for event in heard.iter() {
        let told = format!("{event} {event:?}");
        assert!(
            !told.contains("canary") && told.starts_with("told: ") && !event.to_string().contains('\n'),
            "{told}"
        );
    }
}

#[test]
fn a_listener_may_have_a_token_at_hand_and_is_refused_another() {
    let world = World::with([Token("one", 3600)], &[("client_id", "asks"), ("client_secret", "canary")]);
    let answers: Arc<Mutex<Vec<String>>> = Arc::default();
    let (client, given): (Client, _) = (world.client.clone(), answers.clone());
    let _subscription = subscribe(move |event| {
        if event.client_id == "asks" {
            let answer = client.get_token();
            given.lock().push(answer.unwrap_or_else(|error| error.kind().id().to_owned()));
        }
    });
    assert_eq!(world.get(), "one");
    world.until(|| answers.lock().len() == 2);
    assert_eq!(*answers.lock(), ["invalid_config", "one"]);
}

#[test]
fn a_listener_gets_a_token_that_is_near_its_end() {
    let world = World::with(
        [Token("one", 3600), Gate, Token("two", 3600)],
        &[("client_id", "near its end"), ("client_secret", "canary")],
    );
    assert_eq!(world.get(), "one");
    world.clock.advance(3550.0);
    let answers: Arc<Mutex<Vec<String>>> = Arc::default();
    let (client, given) = (world.client.clone(), answers.clone());
    let _subscription = subscribe(move |event| {
        if event.client_id == "near its end" {
            given.lock().push(client.get_token().unwrap_or_else(|error| error.kind().id().to_owned()));
        }
    });
    let _pending = world.client.request(&Call::default());
    world.until(|| !answers.lock().is_empty());
    assert_eq!(answers.lock()[0], "one");
    world.script.open();
    world.settle(2);
}

#[test]
fn a_failure_is_told_before_what_follows_from_it_and_no_hit_waits_for_who_is_told() {
    let world = Arc::new(World::with(
        [Token("one", 3600), Fail(Kind::Connect)],
        &[("client_id", "in order"), ("client_secret", "x")],
    ));
    let (heard, _subscription) = record("in order");
    let (is_open, is_told) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (opens, tells) = (is_open.clone(), is_told.clone());
    let _slow = subscribe(move |event| {
        if event.client_id == "in order" && event.happening == Happening::RefreshFailed {
            tells.store(true, Ordering::SeqCst);
            while !opens.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        }
    });
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    assert_eq!(world.get(), "one");
    world.until(|| is_told.load(Ordering::SeqCst));
    let hits = world.clone();
    let hitting = std::thread::spawn(move || (0..100).for_each(|_| assert_eq!(hits.get(), "one")));
    world.until(|| hitting.is_finished());
    assert!(hitting.is_finished());
    is_open.store(true, Ordering::SeqCst);
    world.until(|| {
        world.get();
        heard.lock().len() >= 5
    });
    let names: Vec<_> = heard.lock().iter().map(|event| event.happening.id()).collect();
    assert_eq!(names[2..], ["refresh_started", "refresh_failed", "served_during_outage"]);
}

#[test]
fn the_late_failure_of_a_flight_that_was_given_up_warns_nobody() {
    let world =
        World::with([Gate, Token("newer", 3600)], &[("client_id", "given up"), ("client_secret", "x")]);
    let (heard, _subscription) = record("given up");
    let _first = world.client.request(&Call::default());
    world.settle_at_gate(1);
    world.clock.advance(13.0);
    assert_eq!(world.get(), "newer");
    world.script.push(Fail(Kind::Tls));
    world.script.open();
    world.until(|| heard.lock().len() >= 4);
    assert!(heard.lock().iter().all(|event| !event.is_warning));
    assert_eq!(heard.lock().len(), 4);
    assert_eq!(world.client.stats().served_while_failing, 0);
}
