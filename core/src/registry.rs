//! One engine for equal configurations, so that a client made for each request costs no request. Without a lock: a fork
//! may happen at any instant.

use crate::cache::Cache;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::grant::Grant;
use crate::settings::{Key, Settings};
use crate::transport::UreqTransport;
use arc_swap::ArcSwapOption;
use std::sync::{Arc, Weak};

/// So many engines are kept when no client uses them any more: those that a client was last made for.
const MOST: usize = 64;

/// So many are kept as long as they have something to remember: a program with a client for each job and a hundred
/// configurations must not forget its tokens, and what the server asked of it, with every round.
const MOST_WITH_MEMORY: usize = 256;

/// So many of those unused for longest are looked at when a client is made, which has to cost little.
const LOOKED_AT: usize = 8;

/// An engine that some client uses, or that is kept for the next one.
#[derive(Clone)]
struct Known {
    key: Key,
    engine: Weak<Cache>,
    kept: Option<Arc<Cache>>,
}

/// The engine that a client was last made for stands last.
static ENGINES: ArcSwapOption<Vec<Known>> = ArcSwapOption::const_empty();

/// The engine for these settings, made when there is none yet.
///
/// # Errors
/// `invalid_config` when the transport cannot be made from them.
pub fn engine(settings: Settings) -> Result<Arc<Cache>, Error> {
    let key = settings.key();
    let known = ENGINES.load().as_deref().and_then(|engines| find(engines, &key));
    let candidate = known.map_or_else(|| make(settings, Arc::new(SystemClock)), Ok)?;
    let mut engine = candidate.clone();
    ENGINES.rcu(|engines| {
        let mut engines = engines.as_deref().cloned().unwrap_or_default();
        // Another thread may have been faster; its engine counts for both.
        engine = find(&engines, &key).unwrap_or_else(|| candidate.clone());
        engines.retain(|known| known.key != key && known.engine.strong_count() > 0);
        engines.push(Known { key, engine: Arc::downgrade(&engine), kept: Some(engine.clone()) });
        leave_the_unused(&mut engines);
        Some(Arc::new(engines))
    });
    Ok(engine)
}

/// Lets go of engines that were unused for longest; whoever still uses one keeps it.
fn leave_the_unused(engines: &mut [Known]) {
    let kept = engines.iter().filter(|known| known.kept.is_some()).count();
    let too_many = kept.saturating_sub(MOST_WITH_MEMORY);
    let unused = engines.iter_mut().filter(|known| known.kept.is_some()).take(kept.saturating_sub(MOST));
    for (index, known) in unused.take(too_many + LOOKED_AT).enumerate() {
        known.kept.take_if(|engine| index < too_many || !engine.has_memory());
    }
}

fn find(engines: &[Known], key: &Key) -> Option<Arc<Cache>> {
    engines.iter().find(|known| known.key == *key)?.engine.upgrade()
}

/// An engine over the network that nobody finds here.
///
/// # Errors
/// As [`engine`].
pub fn make(settings: Settings, clock: Arc<dyn Clock>) -> Result<Arc<Cache>, Error> {
    let transport = Arc::new(UreqTransport::new(&settings)?);
    Ok(Cache::new(Grant::new(settings, transport, clock.clone()), clock, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Call;
    use crate::config::Config;
    use crate::flight::Exit;

    fn engine_of(client_id: &str) -> Arc<Cache> {
        let mut config = Config::new();
        config.set("client_id", client_id).unwrap().set("client_secret", "x").unwrap();
        engine(Settings::new(&config).unwrap().0).unwrap()
    }

    #[test]
    fn equal_settings_share_as_long_as_a_client_lives_and_the_number_of_idle_ones_is_bounded() {
        let (first, unused) = (engine_of("first"), Arc::downgrade(&engine_of("unused")));
        assert!(Arc::ptr_eq(&first, &engine_of("first")));
        assert!(!Arc::ptr_eq(&first, &engine_of("second")));
        assert!(unused.upgrade().is_some());
        for index in 0..MOST {
            engine_of(&format!("other {index}"));
        }
        let count = |is_counted: fn(&Known) -> bool| {
            ENGINES
                .load()
                .as_deref()
                .map_or(0, |engines| engines.iter().filter(|known| is_counted(known)).count())
        };
        assert_eq!(count(|known| known.kept.is_some()), MOST);
        assert!(unused.upgrade().is_none());
        assert!(Arc::ptr_eq(&first, &engine_of("first")));
        // One that was told to leave the server alone does not forget it among many others.
        let busy = || {
            let mut config = Config::new();
            config.set("client_id", "busy").unwrap().set("client_secret", "x").unwrap();
            config.set("base_url", "http://127.0.0.1:9").unwrap();
            let (settings, secret) = Settings::new(&config).unwrap();
            let engine = engine(settings).unwrap();
            engine.enter(&secret);
            engine
        };
        assert!(busy().get(&Call::default(), &Exit::default()).is_ok_and(|answer| answer.wait().is_err()));
        let weak = Arc::downgrade(&busy());
        for index in 0..=MOST {
            engine_of(&format!("third {index}"));
        }
        assert!(weak.upgrade().is_some() && busy().stats().requests == 3);
        drop(first);
        for index in 0..=MOST {
            engine_of(&format!("another {index}"));
        }
        assert!(count(|_| true) <= MOST + 2);
    }
}
