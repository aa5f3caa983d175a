//! One engine for equal configurations, so that a client made for each request costs no request. Without a lock: a fork
//! may happen at any instant.

use crate::cache::Cache;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::grant::Grant;
use crate::settings::{Key, Settings};
use crate::transport::UreqTransport;
use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// More configurations than this in one process are not used together; the one that no client was made for longest
/// leaves.
const MOST: usize = 64;

type Engines = Vec<(Key, Arc<Cache>)>;

/// The engine that a client was last made for stands last.
static ENGINES: ArcSwapOption<Engines> = ArcSwapOption::const_empty();

/// The engine for these settings, made when there is none yet.
///
/// # Errors
/// `invalid_config` when the transport cannot be made from them.
pub fn engine(settings: Settings) -> Result<Arc<Cache>, Error> {
    let key = settings.key();
    let known = ENGINES.load().as_deref().and_then(|engines| find(engines, &key));
    let candidate = known.map_or_else(|| make(settings), Ok)?;
    let mut engine = candidate.clone();
    ENGINES.rcu(|engines| {
        let mut engines = engines.as_deref().cloned().unwrap_or_default();
        // Another thread may have been faster; its engine counts for both.
        engine = find(&engines, &key).unwrap_or_else(|| candidate.clone());
        engines.retain(|(known, _)| *known != key);
        engines.push((key, engine.clone()));
        engines.drain(..engines.len().saturating_sub(MOST));
        Some(Arc::new(engines))
    });
    Ok(engine)
}

fn find(engines: &Engines, key: &Key) -> Option<Arc<Cache>> {
    engines.iter().find(|(known, _)| known == key).map(|(_, engine)| engine.clone())
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
        assert!(ENGINES.load().as_deref().map_or(0, Vec::len) <= MOST);
        assert!(!Arc::ptr_eq(&first, &engine_of("first")));
    }
}
