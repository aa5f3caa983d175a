//! What was found at one stage.

use std::time::Duration;
use xilnex_auth::Error;

/// How it stands with a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Odd,
    /// Here it ends.
    Bad,
    /// Something before it failed, or it is not on the way.
    Skipped,
}

impl State {
    /// As programs read it.
    pub fn word(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Odd => "warning",
            State::Bad => "failed",
            State::Skipped => "skipped",
        }
    }
}

/// What was found at one stage.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The stage.
    pub stage: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found, in a sentence.
    pub told: String,
    /// What to do.
    pub hint: Option<String>,
    /// Since the beginning of the request.
    pub at: Option<Duration>,
    /// Names and values.
    pub details: Vec<(String, String)>,
}

impl Finding {
    pub fn new(stage: &'static str, state: State, told: impl Into<String>) -> Finding {
        Finding { stage, state, told: told.into(), hint: None, at: None, details: Vec::new() }
    }

    /// Here it ends, because of this.
    pub fn bad(stage: &'static str, error: &Error) -> Finding {
        Finding { hint: error.hint().map(str::to_owned), ..Finding::new(stage, State::Bad, error.message()) }
    }

    pub fn at(self, at: Duration) -> Finding {
        Finding { at: Some(at), ..self }
    }

    pub fn with_hint(self, hint: impl Into<String>) -> Finding {
        Finding { hint: Some(hint.into()), ..self }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Finding {
        self.details.push((name.to_owned(), value.into()));
        self
    }
}
