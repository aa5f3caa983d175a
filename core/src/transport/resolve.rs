//! Host names to addresses, within a deadline and without panicking when no thread can be had.

use crate::local::Local;
use once_cell::race::OnceBox;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The addresses of `host`, an address literal or a name, asked of the system's resolver.
///
/// # Errors
/// `TimedOut` when `timeout` passed; else whatever the system said.
pub fn resolve(host: &str, port: u16, timeout: Duration) -> io::Result<Vec<SocketAddr>> {
    static SYSTEM: OnceBox<Lookups> = OnceBox::new();
    let system =
        SYSTEM.get_or_init(|| Box::new(Lookups::new(|name| (name, 0).to_socket_addrs().map(Vec::from_iter))));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut found = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, 0)],
        Err(_) => system.find(bare, timeout)?,
    };
    found.iter_mut().for_each(|address| address.set_port(port));
    Ok(found)
}

type Found = Result<Vec<SocketAddr>, Arc<io::Error>>;
type Ask = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;
type UnderWay = Arc<Local<HashMap<String, Arc<Lookup>>>>;

/// The lookups that are under way. The system's resolver cannot be interrupted, so each has a thread of its own, which
/// is left behind by whoever has no time left; there is one for each name, however many wait for it and however often
/// it is asked for, and what it finds at last is for those who wait then. A forked child has none.
struct Lookups {
    under_way: UnderWay,
    ask: Arc<Ask>,
}

#[derive(Default)]
struct Lookup {
    found: Mutex<Option<Found>>,
    changed: Condvar,
}

/// Ends a lookup, also where asking panicked.
struct Ending {
    name: String,
    lookup: Arc<Lookup>,
    under_way: UnderWay,
}

impl Lookups {
    fn new(ask: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Lookups {
        Lookups { under_way: Arc::default(), ask: Arc::new(ask) }
    }

    fn find(&self, name: &str, timeout: Duration) -> io::Result<Vec<SocketAddr>> {
        let (lookup, is_new) = self.under_way.with(|lookups| match lookups.get(name) {
            Some(lookup) => (lookup.clone(), false),
            None => (lookups.entry(name.to_owned()).or_default().clone(), true),
        });
        if is_new {
            self.begin(name, &lookup);
        }
        lookup.wait(timeout)
    }

    fn begin(&self, name: &str, lookup: &Arc<Lookup>) {
        let ask = self.ask.clone();
        let ends =
            Ending { name: name.to_owned(), lookup: lookup.clone(), under_way: self.under_way.clone() };
        let work = move || {
            let found = ask(&ends.name);
            ends.end(found.map_err(Arc::new));
        };
        if let Err(problem) = std::thread::Builder::new().name("xilnex-auth-dns".into()).spawn(work) {
            // The lookup ended when its work was dropped, which could not know why.
            let told = io::Error::other(format!("no thread for the lookup: {problem}"));
            *lookup.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(Err(Arc::new(told)));
        }
    }
}

impl Lookup {
    fn wait(&self, timeout: Duration) -> io::Result<Vec<SocketAddr>> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(found, timeout, |found| found.is_none());
        let (found, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match &*found {
            Some(Ok(addresses)) => Ok(addresses.clone()),
            // As the system told it: the kind, and its words.
            Some(Err(problem)) => Err(io::Error::new(problem.kind(), problem.clone())),
            None => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Ending {
    fn end(&self, outcome: Found) {
        // Forgotten first: whoever comes now asks anew, and those who wait have their answer in a moment.
        self.under_way.with(|lookups| {
            if lookups.get(&self.name).is_some_and(|known| Arc::ptr_eq(known, &self.lookup)) {
                lookups.remove(&self.name);
            }
        });
        let mut found = self.lookup.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get_or_insert(outcome);
        self.lookup.changed.notify_all();
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.end(Err(Arc::new(io::Error::other("the lookup ended without an answer"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(30);

    /// Lookups that hang until they are told to go on, and how many were begun.
    fn hanging() -> (Arc<Lookups>, Sender<()>, Arc<AtomicUsize>) {
        let (release, held) = channel();
        let (held, begun) = (Mutex::new(held), Arc::new(AtomicUsize::new(0)));
        let counts = begun.clone();
        let ask = move |_: &str| {
            counts.fetch_add(1, Ordering::SeqCst);
            let held: &Receiver<()> = &held.lock().unwrap();
            held.recv().map_err(io::Error::other)?;
            Ok(vec!["192.0.2.1:0".parse().unwrap()])
        };
        (Arc::new(Lookups::new(ask)), release, begun)
    }

    #[test]
    fn literals_need_no_lookup() {
        for (host, address) in [("127.0.0.1", "127.0.0.1:9"), ("[::1]", "[::1]:9"), ("::1", "[::1]:9")] {
            assert_eq!(resolve(host, 9, Duration::ZERO).unwrap(), [address.parse().unwrap()]);
        }
    }

    #[test]
    fn the_own_name_is_found() {
        let found = resolve("localhost", 9, Duration::from_secs(10)).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback()) && !found.is_empty());
        assert!(found.iter().all(|address| address.port() == 9));
    }

    #[test]
    fn a_resolver_that_hangs_holds_one_thread_and_its_late_answer_is_for_those_who_wait() {
        let (lookups, release, begun) = hanging();
        for _ in 0..50 {
            let told = lookups.find("till.example", SHORT).unwrap_err();
            assert_eq!(told.kind(), io::ErrorKind::TimedOut);
        }
        let waits = lookups.clone();
        let waiting = std::thread::spawn(move || waits.find("till.example", LONG));
        // The table, the thread that asks, and the one that has come to wait.
        while lookups.under_way.with(|lookups| Arc::strong_count(&lookups["till.example"])) < 3 {
            std::thread::sleep(Duration::from_millis(1));
        }
        release.send(()).unwrap();
        assert_eq!(waiting.join().unwrap().unwrap(), ["192.0.2.1:0".parse().unwrap()]);
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        // What was found is not kept: the next one asks.
        release.send(()).unwrap();
        assert!(lookups.find("till.example", LONG).is_ok());
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_name_does_not_wait_for_another() {
        let lookups = Arc::new(Lookups::new(|name| match name {
            "hangs" => loop {
                std::thread::park();
            },
            _ => Ok(Vec::new()),
        }));
        assert!(lookups.find("hangs", SHORT).is_err());
        assert_eq!(lookups.find("answers", LONG).unwrap(), []);
    }

    #[test]
    fn failures_and_panics_reach_everybody() {
        for (name, word) in [("fails", "no such name"), ("panics", "without an answer")] {
            let lookups = Lookups::new(|name| match name {
                "fails" => Err(io::Error::new(io::ErrorKind::NotFound, "no such name")),
                _ => panic!("scripted"),
            });
            let told = lookups.find(name, LONG).unwrap_err();
            assert!(told.to_string().contains(word), "{told}");
            assert!(lookups.under_way.with(|lookups| lookups.is_empty()), "{name}");
        }
    }
}
