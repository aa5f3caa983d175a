//! The flight under every order in which threads can run: `RUSTFLAGS="--cfg loom" cargo test -p xilnex-auth --lib model`.

use super::*;
use crate::clock::Reading;
use loom::thread;
use std::sync::atomic::{AtomicUsize, Ordering as Real};
use std::time::SystemTime;

/// How often a thread may be interrupted within one order; more is not known to find more.
const PREEMPTIONS: usize = 3;

/// Waits for the flag alone: a model has no time.
struct Timeless;

impl Clock for Timeless {
    fn now(&self) -> Reading {
        Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH }
    }

    fn wait(&self, flag: &Flag, _: Duration) -> bool {
        while !flag.wait_for(Duration::MAX) {}
        true
    }
}

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(model);
}

fn flight() -> Arc<Flight> {
    Arc::new(Flight::new(Duration::ZERO, Duration::from_secs(10)))
}

fn failure(kind: Kind) -> Outcome {
    Err(Error::new(kind, "modelled"))
}

fn kind(outcome: Option<Outcome>) -> Option<Kind> {
    outcome.and_then(Result::err).map(|error| error.kind())
}

#[test]
fn everybody_who_waits_is_released_with_the_outcome() {
    explore(|| {
        let flight = flight();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let flight = flight.clone();
                thread::spawn(move || kind(flight.wait(&Timeless, Duration::MAX, &Exit::default())))
            })
            .collect();
        flight.land(&failure(Kind::Connect));
        for waits in waiting {
            assert_eq!(waits.join().unwrap(), Some(Kind::Connect));
        }
    });
}

#[test]
fn a_listener_is_called_once_whenever_it_comes() {
    explore(|| {
        let (flight, heard) = (flight(), Arc::new(AtomicUsize::new(0)));
        let lands = flight.clone();
        let lander = thread::spawn(move || lands.land(&failure(Kind::Connect)));
        for _ in 0..2 {
            let hears = heard.clone();
            flight.on_landing(
                &Exit::default(),
                Box::new(move |outcome| {
                    assert_eq!(kind(Some(outcome)), Some(Kind::Connect));
                    hears.fetch_add(1, Real::SeqCst);
                }),
            );
        }
        lander.join().unwrap();
        assert_eq!(heard.load(Real::SeqCst), 2);
    });
}

#[test]
fn of_two_landings_one_counts_for_all() {
    explore(|| {
        let flight = flight();
        let lands = flight.clone();
        let lander = thread::spawn(move || lands.land(&failure(Kind::Timeout)));
        let waits = flight.clone();
        let waiting = thread::spawn(move || kind(waits.wait(&Timeless, Duration::MAX, &Exit::default())));
        flight.land(&failure(Kind::Connect));
        lander.join().unwrap();
        let first = kind(flight.wait(&Timeless, Duration::MAX, &Exit::default()));
        assert!(matches!(first, Some(Kind::Connect | Kind::Timeout)));
        assert_eq!(waiting.join().unwrap(), first);
    });
}

#[test]
fn the_most_patient_who_boards_sets_the_deadline() {
    explore(|| {
        let flight = flight();
        let boarding: Vec<_> = [30, 20]
            .into_iter()
            .map(|seconds| {
                let flight = flight.clone();
                thread::spawn(move || flight.board(Duration::from_secs(seconds)))
            })
            .collect();
        assert!(flight.deadline() >= Duration::from_secs(10));
        boarding.into_iter().for_each(|boards| boards.join().unwrap());
        assert_eq!((flight.deadline(), flight.is_awaited()), (Duration::from_secs(30), true));
    });
}

#[test]
fn whoever_is_closed_is_released_and_the_others_wait_on() {
    explore(|| {
        let (flight, exit) = (flight(), Exit::default());
        let waiting: Vec<_> = [exit.clone(), Exit::default()]
            .into_iter()
            .map(|exit| {
                let flight = flight.clone();
                thread::spawn(move || kind(flight.wait(&Timeless, Duration::MAX, &exit)))
            })
            .collect();
        exit.store(true, Ordering::SeqCst);
        flight.release_closed();
        let mut waiting = waiting.into_iter();
        assert_eq!(waiting.next().unwrap().join().unwrap(), Some(Kind::Closed));
        flight.land(&failure(Kind::Connect));
        assert_eq!(waiting.next().unwrap().join().unwrap(), Some(Kind::Connect));
    });
}

#[test]
fn a_listener_of_a_closed_client_is_called_once_whenever_it_comes() {
    explore(|| {
        let (flight, exit, heard) = (flight(), Exit::default(), Arc::new(AtomicUsize::new(0)));
        let (closes, closing) = (flight.clone(), exit.clone());
        let closer = thread::spawn(move || {
            closing.store(true, Ordering::SeqCst);
            closes.release_closed();
        });
        let hears = heard.clone();
        flight.on_landing(
            &exit,
            Box::new(move |outcome| {
                assert_eq!(kind(Some(outcome)), Some(Kind::Closed));
                hears.fetch_add(1, Real::SeqCst);
            }),
        );
        closer.join().unwrap();
        assert_eq!(heard.load(Real::SeqCst), 1);
    });
}
