//! A store is asked before the server and told what was fetched.

use crate::doubles::{Script, Step, VirtualClock};
use parking_lot::Mutex;
use std::sync::Arc;
use xilnex_auth::settings::Key;
use xilnex_auth::store::Store;
use xilnex_auth::{AccessToken, Client, Config};

#[derive(Default)]
struct Shelf(Mutex<Option<(Key, AccessToken)>>);

impl Store for Shelf {
    fn load(&self, key: &Key) -> Option<AccessToken> {
        self.0.lock().clone().filter(|(saved, _)| saved == key).map(|(_, token)| token)
    }

    fn save(&self, key: &Key, token: &AccessToken) {
        *self.0.lock() = Some((*key, token.clone()));
    }

    fn forget(&self, key: &Key, token: &str) {
        self.0.lock().take_if(|(saved, held)| saved == key && held.value() == token);
    }
}

/// Two clients that know of each other only by their store.
fn two_over_one_store(
    steps: impl IntoIterator<Item = Step>,
) -> (Client, Client, Arc<Script>, Arc<VirtualClock>) {
    let (shelf, clock, script) =
        (Arc::new(Shelf::default()), Arc::new(VirtualClock::default()), Arc::new(Script::default()));
    steps.into_iter().for_each(|step| script.push(step));
    let client = || {
        let mut config = Config::new();
        config.set("client_id", "etl").unwrap().set("client_secret", "x").unwrap();
        Client::with_parts(config, script.clone(), clock.clone(), Some(shelf.clone())).unwrap()
    };
    (client(), client(), script.clone(), clock.clone())
}

#[test]
fn two_clients_over_one_store_make_one_request() {
    let (first, second, script, clock) =
        two_over_one_store([Step::Token("one", 3600), Step::Token("two", 3600)]);
    assert_eq!(first.get_token().unwrap(), "one");
    assert_eq!(second.get_token().unwrap(), "one");
    assert_eq!(script.requests(), 1);

    // A refused token leaves the store too, so nobody finds it there again.
    assert!(second.invalidate("one"));
    assert_eq!(second.get_token().unwrap(), "two");
    assert_eq!(script.requests(), 2);

    // What the store holds is no answer once it has expired.
    clock.advance(3600.0);
    script.push(Step::Token("three", 3600));
    assert_eq!(first.get_token().unwrap(), "three");
    assert_eq!(script.requests(), 3);
}

/// A store that does something else with every call.
#[derive(Default)]
struct Hooked {
    on_save: Option<fn()>,
    on_forget: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Store for Hooked {
    fn load(&self, _: &Key) -> Option<AccessToken> {
        None
    }

    fn save(&self, _: &Key, _: &AccessToken) {
        if let Some(hook) = self.on_save {
            hook();
        }
    }

    fn forget(&self, _: &Key, _: &str) {
        if let Some(hook) = &*self.on_forget.lock() {
            hook();
        }
    }
}

fn over(
    store: Arc<Hooked>,
    steps: impl IntoIterator<Item = Step>,
) -> (Client, Arc<Script>, Arc<VirtualClock>) {
    let (script, clock) = (Arc::new(Script::default()), Arc::new(VirtualClock::default()));
    steps.into_iter().for_each(|step| script.push(step));
    let mut config = Config::new();
    config.set("client_id", "etl").unwrap().set("client_secret", "x").unwrap();
    (Client::with_parts(config, script.clone(), clock.clone(), Some(store)).unwrap(), script, clock)
}

#[test]
fn a_store_that_panics_is_an_empty_one() {
    let store = Arc::new(Hooked { on_save: Some(|| panic!("scripted")), ..Hooked::default() });
    *store.on_forget.lock() = Some(Box::new(|| panic!("scripted")));
    let (client, script, _) = over(store, [Step::Token("one", 3600), Step::Token("two", 3600)]);
    assert_eq!(client.get_token().unwrap(), "one");
    assert!(client.invalidate("one"));
    assert_eq!(client.get_token().unwrap(), "two");
    assert_eq!((script.requests(), client.stats().successes, client.stats().failures), (2, 2, vec![]));
}

#[test]
fn law_8_a_drop_that_came_too_late_costs_nothing() {
    let store = Arc::new(Hooked::default());
    let steps = [Step::Token("one", 3600), Step::Gate, Step::Token("two", 3600), Step::Token("three", 3600)];
    let (client, script, clock) = over(store.clone(), steps);
    assert_eq!(client.get_token().unwrap(), "one");
    clock.advance(3100.0);
    assert_eq!(client.get_token().unwrap(), "one");
    let (asks, opens) = (client.clone(), script.clone());
    *store.on_forget.lock() = Some(Box::new(move || {
        opens.open();
        while asks.is_refreshing() {
            std::thread::yield_now();
        }
    }));
    assert!(!client.invalidate("one"));
    assert_eq!(client.get_token().unwrap(), "two");
    *store.on_forget.lock() = None;
    assert!(client.invalidate("two"));
}

#[test]
fn what_another_process_fetched_saves_a_refresh() {
    let (first, second, script, clock) =
        two_over_one_store([Step::Token("one", 3600), Step::Token("two", 3600)]);
    assert_eq!((first.get_token().unwrap(), second.get_token().unwrap()), ("one".into(), "one".into()));
    clock.advance(3560.0);
    assert_eq!(first.get_token().unwrap(), "two");
    assert_eq!(second.get_token().unwrap(), "two");
    assert_eq!(script.requests(), 2);
}
