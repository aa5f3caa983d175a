//! What a closed client leaves behind: its own callers are released, everything else goes on.

use crate::doubles::Step::{Gate, Token};
use crate::doubles::World;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use xilnex_auth::event::{Happening, subscribe};
use xilnex_auth::{Answer, Call, Client, Config, Kind, Pending};

/// Real time in which whoever is released has gone on: a wait looks at its deadline by itself only once a second.
const SOON: Duration = Duration::from_millis(600);

fn pending(client: &Client) -> Pending {
    match client.request(&Call::default()) {
        Ok(Answer::Pending(pending)) => pending,
        _ => panic!("a request should be under way"),
    }
}

#[test]
fn whoever_waits_is_released_and_the_request_goes_on() {
    let world = Arc::new(World::new([Gate, Token("one", 3600)]));
    let waiting: Vec<_> = (0..20).map(|_| world.get_beside()).collect();
    world.settle_at_gate(1);
    let (clone, place) = (world.client.clone(), pending(&world.client));
    let (sender, receiver) = channel();
    let later = sender.clone();
    place.on_ready(move |outcome| sender.send(outcome.unwrap_err().kind()).unwrap());
    let closed = Instant::now();
    clone.close();
    assert!(waiting.into_iter().all(|caller| caller.join().unwrap() == "closed"));
    assert!(closed.elapsed() < SOON, "{:?}", closed.elapsed());
    assert_eq!(receiver.try_recv(), Ok(Kind::Closed));
    place.on_ready(move |outcome| later.send(outcome.unwrap_err().kind()).unwrap());
    assert_eq!(receiver.try_recv(), Ok(Kind::Closed));
    assert_eq!(place.wait_for(Duration::ZERO).unwrap().unwrap_err().kind(), Kind::Closed);
    assert!(world.client.is_refreshing());
    world.script.open();
    world.settle(1);
    assert_eq!(world.client.stats().successes, 1);
}

#[test]
fn a_token_at_hand_is_no_consolation() {
    let world = World::new([Token("one", 3600), Gate, Token("two", 3600)]);
    assert_eq!(world.get(), "one");
    world.clock.advance(3550.0);
    let place = pending(&world.client);
    world.client.close();
    assert_eq!(place.wait_for(Duration::ZERO).unwrap().unwrap_err().kind(), Kind::Closed);
    world.script.open();
}

#[test]
fn a_listener_of_events_that_takes_its_time_keeps_nobody_who_is_closed() {
    let (told, hears) = channel();
    let (release, held) = channel::<()>();
    let (told, held) = (std::sync::Mutex::new(told), std::sync::Mutex::new(held));
    let _listening = subscribe(move |event| {
        if event.client_id == "slow-listener" && event.happening == Happening::RefreshSucceeded {
            told.lock().unwrap().send(()).unwrap();
            let _ = held.lock().unwrap().recv_timeout(Duration::from_secs(10));
        }
    });
    let options = [("client_id", "slow-listener"), ("client_secret", "canary")];
    let world = Arc::new(World::with([Token("one", 3600)], &options));
    let place = pending(&world.client);
    hears.recv_timeout(Duration::from_secs(10)).unwrap();
    let closed = Instant::now();
    world.client.close();
    assert_eq!(place.wait().unwrap_err().kind(), Kind::Closed);
    assert!(closed.elapsed() < SOON, "{:?}", closed.elapsed());
    release.send(()).unwrap();
}

#[test]
fn others_of_the_same_configuration_wait_on() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = || {
        let mut config = Config::new();
        config.set("client_id", "till-7").unwrap().set("client_secret", "canary").unwrap();
        config.set("base_url", &format!("http://{}", silent.local_addr().unwrap())).unwrap();
        config.set("timeout", "3").unwrap();
        Client::new(config).unwrap()
    };
    let (closing, staying) = (client(), client());
    let places = [pending(&closing), pending(&staying)];
    let (closed, began) = (closing.clone(), Instant::now());
    let closer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        closed.close();
    });
    let kinds =
        places.map(|place| std::thread::spawn(move || (place.wait().unwrap_err().kind(), began.elapsed())));
    let [(first, early), (second, late)] = kinds.map(|caller| caller.join().unwrap());
    closer.join().unwrap();
    assert_eq!((first, second), (Kind::Closed, Kind::Timeout));
    assert!(early < SOON && late >= Duration::from_millis(2900), "{early:?} {late:?}");
    assert_eq!(staying.stats().requests, 1);
}
