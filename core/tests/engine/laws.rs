//! The engine's laws against a virtual clock and a scripted transport.

use crate::doubles::Step::{Answer, Fail, Gate, Panic, Token};
use crate::doubles::World;
use std::sync::Arc;
use std::time::Duration;
use xilnex_auth::{Call, Kind};

#[test]
fn a_token_is_fetched_once_and_kept() {
    let world = World::new([Token("one", 3600)]);
    for _ in 0..100 {
        assert_eq!(world.get(), "one");
    }
    assert_eq!(world.script.requests(), 1);
}

#[test]
fn law_1_no_token_is_handed_out_after_expiry_minus_guard() {
    let world = World::new([Token("one", 3600), Fail(Kind::Connect), Fail(Kind::Connect)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3594.8);
    assert_eq!(world.get(), "one"); // waits for a refresh, which fails
    world.settle(2);
    world.clock.advance(0.1);
    assert_eq!(world.get(), "one");
    world.clock.advance(0.1);
    assert_eq!(world.get(), "connect");
    assert_eq!(world.script.requests(), 2); // the cool-down of the first failure
    world.clock.advance(1.0);
    assert_eq!(world.get(), "connect");
    assert_eq!(world.script.requests(), 3);
    world.script.push(Token("two", 3600));
    world.clock.advance(2.3);
    assert_eq!(world.get(), "two");
}

#[test]
fn law_1_holds_on_the_clock_that_went_further() {
    for (boot, wall) in [(3600.0, 0.0), (0.0, 3600.0), (3600.0, -7200.0), (3600.0, 7200.0)] {
        let world = World::new([Token("one", 3600), Token("two", 3600)]);
        assert_eq!(world.get(), "one");
        world.clock.step(boot, wall);
        assert_eq!(world.get(), "two", "boot {boot}, wall {wall}");
    }
}

#[test]
fn law_1_counts_from_sending_and_refuses_what_expired_on_its_way() {
    let world = World::new([Gate, Token("slow", 60), Token("two", 60)]);
    let client = world.client.clone();
    let call = Call { timeout: Some(Duration::from_secs(3000)), ..Call::default() };
    let waiting = std::thread::spawn(move || client.access_token(&call).unwrap_err().kind());
    world.settle_at_gate(1);
    world.clock.advance(58.0);
    world.script.open();
    assert_eq!(waiting.join().unwrap(), Kind::Unavailable);
    assert_eq!(world.get(), "two");
}

#[test]
fn law_2_a_failed_refresh_takes_nothing_away() {
    let world = World::new([Token("one", 3600), Answer(400, r#"{"error":"invalid_client"}"#)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    assert_eq!(world.get(), "one");
    world.settle(2);
    for _ in 0..10 {
        assert_eq!(world.get(), "one");
    }
}

#[test]
fn law_3_a_refresh_runs_ahead_while_callers_are_served() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3600.0 * 0.74);
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 1);
    world.clock.advance(3600.0 * 0.12);
    for _ in 0..50 {
        assert_eq!(world.get(), "one");
    }
    world.settle_at_gate(2);
    world.script.open();
    world.settle_on("two");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_3_a_failed_refresh_pauses_before_the_next() {
    let world = World::new([Token("one", 3600), Fail(Kind::Connect), Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3100.0);
    assert_eq!(world.get(), "one");
    world.settle(2);
    world.clock.advance(14.0);
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 2);
    world.clock.advance(32.0);
    world.get();
    world.settle_on("two");
}

#[test]
fn law_4_a_crowd_makes_one_request_and_shares_the_token() {
    let world = Arc::new(World::new([Gate, Token("one", 3600)]));
    let crowd: Vec<_> = (0..200)
        .map(|_| {
            let world = world.clone();
            std::thread::spawn(move || world.get())
        })
        .collect();
    world.settle_at_gate(1);
    world.script.open();
    assert!(crowd.into_iter().all(|caller| caller.join().unwrap() == "one"));
    assert_eq!(world.script.requests(), 1);
}

#[test]
fn law_4_callers_without_a_pause_make_one_request() {
    for _ in 0..300 {
        let world = World::new([Token("one", 3600), Token("two", 3600)]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..20).for_each(|_| assert_eq!(world.get(), "one")));
            }
        });
        world.settle(1);
    }
}

#[test]
fn law_4_callers_without_a_pause_make_one_refresh() {
    for _ in 0..30 {
        let world = World::new([Token("one", 3600), Token("two", 3600), Token("three", 3600)]);
        assert_eq!(world.get(), "one");
        world.clock.advance(3100.0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..3000).for_each(|_| drop(world.get())));
            }
        });
        world.settle(2);
    }
}

#[test]
fn law_4_a_crowd_shares_the_error() {
    let world = Arc::new(World::new([Gate, Answer(500, r#"{"error":"server_error"}"#)]));
    let crowd: Vec<_> = (0..64)
        .map(|_| {
            let client = world.client.clone();
            let answer = client.request(&Call::default()).unwrap();
            std::thread::spawn(move || answer.wait().unwrap_err().kind())
        })
        .collect();
    world.settle_at_gate(1);
    world.script.open();
    assert!(crowd.into_iter().all(|caller| caller.join().unwrap() == Kind::Unavailable));
    assert_eq!(world.script.requests(), 1);
}

#[test]
fn law_4_a_caller_leaves_at_its_own_deadline_and_the_flight_goes_on() {
    let world = World::new([Gate, Token("one", 3600)]);
    let client = world.client.clone();
    let call = Call { timeout: Some(Duration::from_secs(2)), ..Call::default() };
    let impatient = std::thread::spawn(move || client.access_token(&call).unwrap_err().kind());
    world.settle_at_gate(1);
    assert!(world.client.is_refreshing());
    world.clock.advance(2.0);
    assert_eq!(impatient.join().unwrap(), Kind::Timeout);
    world.script.open();
    world.settle_on("one");
    assert_eq!(world.script.requests(), 1);
}

#[test]
fn law_4_a_panic_in_flight_frees_everybody() {
    let world = World::new([Panic, Token("one", 3600)]);
    assert_eq!(world.get(), "internal");
    assert_eq!(world.get(), "internal");
    world.clock.advance(1.0);
    assert_eq!(world.get(), "one");
}

#[test]
fn law_4_a_vanished_flight_is_replaced() {
    let world = World::new([Gate, Token("late", 3600)]);
    let client = world.client.clone();
    let first = std::thread::spawn(move || client.get_token().unwrap_err());
    world.settle_at_gate(1);
    world.clock.advance(13.0);
    let told = first.join().unwrap();
    // What was sent counts, though nobody knows yet what becomes of it.
    assert_eq!((told.kind(), told.attempts()), (Kind::Timeout, 1));
    assert_eq!(world.get(), "late");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn law_2_a_flight_that_was_given_up_takes_no_newer_token_away_and_frees_its_listeners() {
    let world = World::new([Gate, Token("newer", 3600)]);
    let xilnex_auth::Answer::Pending(pending) = world.client.request(&Call::default()).unwrap() else {
        panic!("there is no token yet");
    };
    let (sender, receiver) = std::sync::mpsc::channel();
    pending.on_ready(move |outcome| sender.send(outcome.unwrap_err().kind()).unwrap());
    world.settle_at_gate(1);
    world.clock.advance(13.0);
    assert_eq!(world.get(), "newer");
    assert_eq!(receiver.recv_timeout(Duration::from_secs(10)).unwrap(), Kind::Timeout);
    world.script.push(Token("older", 3600));
    world.script.open();
    world.until(|| world.script.is_used_up());
    std::thread::sleep(Duration::from_millis(20)); // the late flight lands
    assert_eq!(world.get(), "newer");
}

#[test]
fn law_8_invalidate_drops_that_token_only() {
    let world = World::new([Token("one", 3600), Token("two", 3600), Token("three", 3600)]);
    assert_eq!(world.get(), "one");
    assert!(!world.client.invalidate("other"));
    assert_eq!(world.get(), "one");
    assert!(world.client.invalidate("one"));
    assert_eq!(world.get(), "two");
    assert!(!world.client.invalidate("one"));
    assert_eq!(world.get(), "two");
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn min_ttl_refreshes_first_but_keeps_a_valid_token_when_that_fails() {
    let world = World::new([Token("one", 3600)]);
    world.script.repeat(3, || Fail(Kind::Connect));
    world.script.push(Token("two", 3600));
    let call = Call { min_ttl: Duration::from_secs(3000), ..Call::default() };
    let get = || world.client.access_token(&call).unwrap().value().to_owned();
    assert_eq!(get(), "one");
    world.clock.advance(700.0);
    assert_eq!(world.get(), "one");
    assert_eq!(get(), "one"); // the refresh failed
    assert_eq!(get(), "one"); // and nobody asks again at once
    assert_eq!(world.script.requests(), 4);
    world.clock.advance(1.0);
    assert_eq!(get(), "two");
    assert_eq!(world.script.requests(), 5);
}

#[test]
fn a_secret_file_is_read_again_after_a_refusal() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "old\n").unwrap();
    let refused = || Answer(400, r#"{"error":"invalid_client"}"#);
    let options = [("client_secret_file", file.path().to_str().unwrap())];
    let world = World::with([refused(), Token("one", 3600), refused(), Token("two", 3600)], &options);
    for _ in 0..3 {
        assert_eq!(world.get(), "rejected"); // the file is unchanged: no second request
    }
    assert_eq!(world.script.requests(), 1);
    std::fs::write(file.path(), "new\n").unwrap();
    assert_eq!(world.get(), "rejected"); // it was looked at a moment ago
    world.clock.advance(1.0);
    assert_eq!(world.get(), "one"); // another secret is another configuration: no cool-down
    assert_eq!(world.script.requests(), 2);
    assert!(world.script.body(0).ends_with("client_secret=old"));
    assert!(world.script.body(1).ends_with("client_secret=new"));
}

#[test]
fn a_secret_that_was_replaced_before_the_refusal_costs_one_more_request() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "old").unwrap();
    let refused = || Answer(400, r#"{"error":"invalid_client"}"#);
    let options = [("client_secret_file", file.path().to_str().unwrap())];
    let world = World::with([refused(), Token("one", 3600)], &options);
    std::fs::write(file.path(), "new").unwrap();
    assert_eq!(world.get(), "one");
    assert_eq!(world.script.requests(), 2);

    let world = World::with([refused(), refused(), Token("late", 3600)], &options);
    std::fs::write(file.path(), "newest").unwrap();
    assert_eq!(world.client.get_token().unwrap_err().attempts(), 2);
    assert_eq!(world.script.requests(), 2);
}

#[test]
fn listeners_are_called_once_with_the_outcome() {
    let world = World::new([Gate, Token("one", 3600)]);
    let (sender, receiver) = std::sync::mpsc::channel();
    for _ in 0..3 {
        let sender = sender.clone();
        match world.client.request(&Call::default()).unwrap() {
            xilnex_auth::Answer::Pending(pending) => {
                pending.on_ready(move |outcome| sender.send(outcome.unwrap().value().to_owned()).unwrap());
            }
            xilnex_auth::Answer::Ready(_) => panic!("no token can be there yet"),
        }
    }
    drop(sender);
    world.script.open();
    assert_eq!(receiver.iter().collect::<Vec<_>>(), ["one"; 3]);
    assert_eq!(world.script.requests(), 1);
}

#[test]
fn a_closed_client_says_so_and_others_go_on() {
    let world = World::new([Token("one", 3600)]);
    assert_eq!(world.get(), "one");
    let clone = world.client.clone();
    clone.close();
    assert_eq!(world.get(), "closed");
    assert!(!world.client.get_token().unwrap_err().is_retryable());
}

#[test]
fn an_error_tells_how_often_the_server_was_asked_and_no_secret() {
    let world = World::new([Answer(400, r#"{"error":"invalid_client","error_description":"canary"}"#)]);
    let error = world.client.get_token().unwrap_err();
    assert_eq!((error.attempts(), error.oauth_error()), (1, Some("invalid_client")));
    assert!(!format!("{error:?} {error} {:?}", world.client).contains("canary"));
}
