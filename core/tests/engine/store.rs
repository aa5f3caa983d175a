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

#[test]
fn two_clients_over_one_store_make_one_request() {
    let (shelf, clock, script) =
        (Arc::new(Shelf::default()), Arc::new(VirtualClock::default()), Arc::new(Script::default()));
    script.push(Step::Token("one", 3600));
    script.push(Step::Token("two", 3600));
    let client = || {
        let mut config = Config::new();
        config.set("client_id", "etl").unwrap().set("client_secret", "x").unwrap();
        Client::with_parts(config, script.clone(), clock.clone(), Some(shelf.clone())).unwrap()
    };
    let (first, second) = (client(), client());
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
