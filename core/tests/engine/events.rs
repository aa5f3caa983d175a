//! What a listener hears of the engine's life.

use crate::doubles::Step::{Fail, Token};
use crate::doubles::World;
use parking_lot::Mutex;
use std::sync::Arc;
use xilnex_auth::event::{Event, subscribe};
use xilnex_auth::{Client, Kind};

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
