//! Between two readings of the clocks a token is handed out at a glance, and nothing is missed by that.

use crate::doubles::Step::{Answer, Fail, Gate, Token};
use crate::doubles::World;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use xilnex_auth::{Call, Client, Kind};

/// How often the clocks are read while this is done.
fn reads(world: &World, work: impl FnOnce()) -> usize {
    let before = world.clock.reads();
    work();
    world.clock.reads() - before
}

#[test]
fn the_clocks_are_read_once_a_second() {
    let world = World::new([Token("one", 3600)]);
    assert_eq!(world.get(), "one");
    world.settle(1);
    for _ in 0..3 {
        let read = reads(&world, || {
            for _ in 0..10 {
                assert_eq!(world.get(), "one");
                world.clock.advance(0.1);
            }
            world.clock.advance(0.001);
        });
        assert_eq!(read, 1);
    }
    assert_eq!(world.client.stats().hits, 30);
}

#[test]
fn a_clock_that_leaves_the_second_is_read_whichever_it_is_and_wherever_it_goes() {
    for (boot, wall) in [(1.1, 0.0), (0.0, 1.1), (0.0, -0.5), (0.5, -1800.0), (0.5, 1800.0)] {
        let world = World::new([Token("one", 10_000)]);
        world.clock.advance(7200.0);
        assert_eq!(world.get(), "one");
        world.settle(1);
        assert_eq!(world.get(), "one");
        world.clock.step(boot, wall);
        let get = || assert_eq!(world.get(), "one");
        assert!(ends(wall, || reads(&world, get) == 0), "boot {boot}, wall {wall}");
    }
}

#[test]
fn what_this_process_does_to_a_token_counts_at_once() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    assert_eq!((world.get(), world.get()), ("one".to_owned(), "one".to_owned()));
    assert!(world.client.invalidate("one"));
    assert_eq!((world.get(), world.get()), ("two".to_owned(), "two".to_owned()));
    world.client.close();
    assert_eq!(world.get(), "closed");
}

#[test]
fn a_refresh_is_begun_when_it_is_due_and_a_longer_life_is_asked_for_at_once() {
    let world = World::new([Token("one", 100), Token("two", 100), Token("three", 100)]);
    assert_eq!(world.get(), "one");
    // Due between 75 and 85 s; called every tenth of a second until it was begun.
    let due = (0..110).find(|tenth| {
        world.clock.advance(if *tenth == 0 { 74.5 } else { 0.1 });
        world.get();
        world.client.stats().refreshes_ahead == 1
    });
    assert!(due.is_some());
    world.settle_on("two");
    world.clock.advance(30.0);
    assert_eq!(world.get(), "two");
    let call = Call { min_ttl: Duration::from_secs(80), ..Call::default() };
    assert_eq!(world.client.access_token(&call).unwrap().value(), "three");
}

#[test]
fn a_binding_gets_no_more_than_the_engine_takes_for_itself() {
    let world = World::new([Token("one", 100), Token("two", 3)]);
    let lease = |client: &Client| {
        let token = client.access_token(&Call::default()).unwrap();
        (client.lease(&token), token)
    };
    let (length, first) = lease(&world.client);
    assert_eq!(length, Duration::from_secs(1));
    world.clock.advance(74.9);
    assert!(world.client.lease(&first) <= Duration::from_secs(1) && !world.client.lease(&first).is_zero());
    world.client.invalidate("one");
    assert!(world.client.lease(&first).is_zero());
    let (_, second) = lease(&world.client);
    world.clock.advance(2.0);
    assert!(world.client.lease(&second) < Duration::from_millis(600));
    world.clock.advance(0.75);
    assert!(world.client.lease(&second).is_zero());
    world.client.served_by_lease(&second, 41);
    assert_eq!(world.client.stats().hits, 41);
    world.client.close();
    assert!(world.client.lease(&second).is_zero());
}

/// Whether it stops being so at once; where the wall clock stands still, the other one is heard after some calls.
fn ends(wall: f64, holds: impl Fn() -> bool) -> bool {
    let calls = if wall == 0.0 { 65 } else { 0 };
    (0..=calls).any(|_| !holds())
}

#[test]
fn what_is_lent_ends_with_the_lease_and_with_every_change_of_the_token() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    let other = world.client.clone();
    let kept = |client: &Client| {
        let token = client.access_token(&Call::default()).unwrap();
        world.settle_threads();
        assert!(client.ready(&Call::default()).unwrap().is_some(), "a lease begins with a look");
        client.lend(&token).unwrap()
    };
    let first = kept(&world.client);
    let hits = world.client.stats().hits;
    assert!(world.client.lends(&first) && reads(&world, || assert!(world.client.lends(&first))) == 0);
    assert_eq!(world.client.stats().hits, hits + 2);
    world.clock.advance(1.0);
    assert!(!world.client.lends(&first), "a second is over");
    let again = kept(&world.client);
    for (boot, wall) in [(1.1, 0.0), (0.0, 1.1), (0.0, -2.2)] {
        world.clock.step(boot, wall);
        assert!(ends(wall, || world.client.lends(&again)), "boot {boot}, wall {wall}");
    }
    let again = kept(&world.client);
    assert!(world.client.lends(&again) && other.invalidate("one"));
    assert!(!world.client.lends(&again), "dropped by another client");
    let second = kept(&world.client);
    assert!(world.client.lends(&second) && !world.client.lends(&again));
    world.client.close();
    assert!(!world.client.lends(&second));
}

/// What whoever looks at the window in passing gets.
fn shown(world: &World) -> Option<String> {
    let mut room = vec![MaybeUninit::new(b'x'); 100];
    let length = world.client.window().seen().copy(&mut room, &*world.clock);
    // SAFETY: each of them was something from the start.
    let text: String = room.iter().map(|byte| char::from(unsafe { byte.assume_init() })).collect();
    match length {
        Some(length) => {
            assert!(text[length..].starts_with("\0x"));
            Some(text[..length].to_owned())
        }
        None => {
            assert!(text.chars().all(|letter| letter == 'x'));
            None
        }
    }
}

/// Gets a token and has it shown, as a binding does.
fn show(world: &World) -> String {
    let token = world.get();
    world.settle_threads();
    // A lease begins with a look.
    world.get();
    world.client.show();
    token
}

#[test]
fn what_is_shown_is_copied_without_a_reading_of_the_clocks_and_counted() {
    let world = World::new([Token("one", 3600)]);
    world.client.show();
    assert_eq!(shown(&world), None, "there is no token yet");
    assert_eq!(show(&world), "one");
    let hits = world.client.stats().hits;
    let read = reads(&world, || {
        for _ in 0..1000 {
            assert_eq!(shown(&world).as_deref(), Some("one"));
            world.clock.advance(0.0009);
        }
    });
    assert_eq!((read, world.client.stats().hits), (0, hits + 1000));
    let mut small = [MaybeUninit::new(b'x'); 3];
    assert_eq!(world.client.window().seen().copy(&mut small, &*world.clock), None);
    world.clock.advance(0.1);
    assert_eq!(shown(&world), None, "a second is over");
    assert_eq!(world.client.stats().hits, hits + 1000);
    show(&world);
    assert_eq!(shown(&world).as_deref(), Some("one"));
}

#[test]
fn what_is_shown_ends_with_either_clock() {
    for (boot, wall) in [(1.1, 0.0), (0.0, 1.1), (0.0, -2.2), (0.5, -1800.0), (0.5, 1800.0)] {
        let world = World::new([Token("one", 10_000)]);
        world.clock.advance(7200.0);
        show(&world);
        assert_eq!(shown(&world).as_deref(), Some("one"));
        world.clock.step(boot, wall);
        assert!(ends(wall, || shown(&world).is_some()), "boot {boot}, wall {wall}");
    }
}

#[test]
fn what_is_shown_ends_with_every_change_of_the_token() {
    let world = World::new([Token("one", 3600), Token("two", 3600)]);
    show(&world);
    let other = world.client.clone();
    assert!(shown(&world).is_some() && other.invalidate("one"));
    assert_eq!(shown(&world), None);
    world.client.show();
    assert_eq!(shown(&world), None, "there is none to be shown");
    assert_eq!(show(&world), "two");
    assert_eq!(shown(&world).as_deref(), Some("two"));
    world.client.close();
    world.client.show();
    assert_eq!(shown(&world), None);
}

#[test]
fn nothing_is_shown_during_an_outage() {
    let world =
        World::new([Token("one", 100), Fail(Kind::Connect), Fail(Kind::Connect), Fail(Kind::Connect)]);
    show(&world);
    world.clock.advance(86.0);
    world.until(|| {
        world.get();
        world.client.show();
        world.client.stats().served_while_failing > 0
    });
    let before = world.client.stats().served_while_failing;
    assert_eq!((shown(&world), world.get()), (None, "one".to_owned()));
    assert_eq!(world.client.stats().served_while_failing, before + 1);
}

#[test]
fn a_failure_on_the_caller_s_own_thread_ends_what_was_shown_meanwhile() {
    let world = Arc::new(World::new([Token("one", 100), Gate, Answer(401, r#"{"error":"invalid_client"}"#)]));
    show(&world);
    world.clock.advance(40.0);
    world.clock.has_no_threads.store(true, Ordering::SeqCst);
    let asks = world.clone();
    let caller = std::thread::spawn(move || {
        let call = Call { min_ttl: Duration::from_secs(80), ..Call::default() };
        asks.client.access_token(&call).map(|token| token.value().to_owned())
    });
    world.settle_at_gate(2);
    show(&world);
    assert_eq!(shown(&world).as_deref(), Some("one"));
    world.script.open();
    assert_eq!(caller.join().unwrap().unwrap(), "one");
    assert_eq!((shown(&world), world.get()), (None, "one".to_owned()));
    assert_eq!(world.client.stats().served_while_failing, 1);
}

#[test]
fn a_look_at_a_window_shows_nothing_of_the_next_engine_that_has_it() {
    let world = World::new([Token("one", 3600)]);
    show(&world);
    let (window, hits) = (world.client.window(), world.client.stats().hits);
    let seen = window.seen();
    let mut room = [MaybeUninit::new(b'x'); 100];
    assert_eq!(seen.copy(&mut room, &*world.clock), Some(3));
    assert_eq!(world.client.stats().hits, hits + 1);
    drop(world);
    // It comes to one of those who ask for one next.
    let others = (0..1000).map(|_| World::new([Token("two", 3600)])).collect::<Vec<_>>();
    let next = others.iter().find(|world| std::ptr::eq(world.client.window(), window)).unwrap();
    assert_eq!(next.client.stats().hits, 0);
    show(next);
    assert_eq!(shown(next).as_deref(), Some("two"));
    assert_eq!(seen.copy(&mut room, &*next.clock), None);
}
