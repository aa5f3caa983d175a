//! One engine for equal configurations, so that a client made for each request costs no request.

use crate::cache::Cache;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::grant::Grant;
use crate::settings::{Key, Settings};
use crate::transport::UreqTransport;
use once_cell::sync::Lazy;
use parking_lot::Mutex;
use std::sync::Arc;

/// More configurations than this in one process are not used together; the one that no client was made for longest
/// leaves.
const MOST: usize = 64;

type Engines = Vec<(Key, Arc<Cache>)>;

/// The engine that a client was last made for stands last.
static ENGINES: Lazy<Mutex<Engines>> = Lazy::new(Mutex::default);

/// The engine for these settings, made when there is none yet.
///
/// # Errors
/// `invalid_config` when the transport cannot be made from them.
pub fn engine(settings: Settings) -> Result<Arc<Cache>, Error> {
    let key = settings.key();
    let mut engines = ENGINES.lock();
    let engine = match engines.iter().position(|(known, _)| *known == key) {
        Some(index) => engines.remove(index).1,
        None => make(settings)?,
    };
    engines.push((key, engine.clone()));
    if engines.len() > MOST {
        engines.remove(0);
    }
    Ok(engine)
}

fn make(settings: Settings) -> Result<Arc<Cache>, Error> {
    let transport = Arc::new(UreqTransport::new(&settings)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Cache::new(Grant::new(settings, transport, clock.clone()), clock, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn engine_of(client_id: &str) -> Arc<Cache> {
        let mut config = Config::new();
        config.set("client_id", client_id).unwrap().set("client_secret", "x").unwrap();
        engine(Settings::new(&config).unwrap()).unwrap()
    }

    #[test]
    fn equal_settings_share_and_the_number_is_bounded() {
        let first = engine_of("first");
        assert!(Arc::ptr_eq(&first, &engine_of("first")));
        assert!(!Arc::ptr_eq(&first, &engine_of("second")));
        for index in 0..MOST {
            engine_of(&format!("other {index}"));
        }
        assert!(ENGINES.lock().len() <= MOST);
        assert!(!Arc::ptr_eq(&first, &engine_of("first")));
    }
}
