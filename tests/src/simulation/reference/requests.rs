//! The server's side of the watch: what it is asked, what it says, and where that leaves the engine.

use super::held::Held;
use super::{EDGE, Reference, Said, Verdict, broken};
use std::time::Duration;
use xilnex_auth::clock::Reading;

impl Reference {
    /// A request leaves for the server.
    ///
    /// # Errors
    /// The law that was broken.
    pub fn sends(&mut self, now: &Reading, flight: Option<u64>) -> Verdict {
        let has_budget = self.has_budget(now.boot);
        self.sent.push_back(now.boot);
        self.sent.drain(..self.sent.len().saturating_sub(20));
        if !has_budget {
            return broken("law 7: an eleventh request within a minute");
        }
        let pauses = self.pauses();
        let since_failure = self.failed.as_ref().map(|(at, _)| now.boot.saturating_sub(*at) + EDGE);
        let Some(flight) = flight.and_then(|id| self.flights.get_mut(&id)).filter(|_| self.has_threads)
        else {
            return Ok(());
        };
        flight.requests += 1;
        flight.aimed = flight.deadline;
        // Silence is asked again for whoever boarded late, also where a failing server is only to be asked once.
        let most = if matches!(flight.last, Some((_, Said::Silence))) { 3 } else { flight.most };
        match &flight.last {
            None if since_failure.is_some_and(|since| since < pauses[usize::from(flight.is_ahead)].0) => {
                broken("law 6: a request within the pause")
            }
            None => Ok(()),
            Some(_) if flight.requests > most || !flight.is_awaited => broken("law 5: one request too many"),
            Some((_, said @ (Said::Rejected | Said::Nonsense | Said::Token(..)))) => {
                broken(format!("law 5: asked again after {said:?}"))
            }
            Some((_, Said::Silence)) if now.boot >= flight.deadline => {
                broken("law 5: asked again after the deadline")
            }
            Some((at, said)) if now.boot < *at + said.retry_after() => {
                broken("law 5: asked again before Retry-After")
            }
            Some(_) => Ok(()),
        }
    }

    /// Its answer has come.
    pub fn received(&mut self, now: &Reading, flight: Option<u64>, sent: &Reading, said: Said) {
        let token = match &said {
            Said::Token(name, seconds) => {
                let total = Duration::from_secs(*seconds).min(Duration::from_secs(24 * 3600));
                Some(Held { name: name.clone(), sent: *sent, total })
            }
            _ => None,
        };
        if let Some(token) = &token {
            self.known.insert(token.name.clone(), token.clone());
        }
        match flight.and_then(|id| self.flights.get_mut(&id)).filter(|_| self.has_threads) {
            Some(flight) => {
                flight.aimed = flight.deadline;
                flight.last = Some((now.boot, said));
                flight.token = token;
            }
            None => self.put(token, now),
        }
    }

    /// Its flight has landed.
    pub fn landed(&mut self, id: u64, now: &Reading) {
        let Some(flight) = self.flights.remove(&id) else { return };
        self.put(flight.token.clone(), now);
        let said = flight.last.map(|(_, said)| said);
        let kind = said.as_ref().and_then(Said::kind);
        self.ended.insert(id, kind);
        if self.current != Some(id) {
            return;
        }
        self.current = None;
        match said.filter(|_| flight.token.is_none()) {
            None => (self.failures, self.failed) = (0, None),
            Some(said) => {
                self.failures += 1;
                self.failed = Some((now.boot, said));
            }
        }
    }

    /// A token that expired on its way takes no valid one away.
    fn put(&mut self, token: Option<Held>, now: &Reading) {
        let Some(token) = token else { return };
        let is_valid = |held: &Held| !held.left(held.age(now)).is_zero();
        let is_better =
            |held: &Held| held.sent.boot <= token.sent.boot && (is_valid(&token) || !is_valid(held));
        if self.held.as_ref().is_none_or(is_better) {
            self.held = Some(token);
        }
    }
}
