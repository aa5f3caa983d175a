//! The command `doctor`: goes through the stages of getting a token, and says which of them fails and what to do.

mod claims;
mod finding;
mod options;
mod report;
mod stages;

use crate::{configured, written};
use finding::{Finding, State};
use std::io::Write;
use std::time::{Duration, Instant};
use xilnex_auth::Error;
use xilnex_auth::probe::probe;

/// Everything that was found, and what the exit status is to be.
struct Findings {
    findings: Vec<Finding>,
    status: u8,
    took: Duration,
}

/// Looks, and reports for people or, with `is_json`, for a program. The status is 0, or that of the error's kind.
pub fn run(given: &[(String, String)], is_json: bool, out: &mut dyn Write) -> Result<u8, Error> {
    let found = examine(given);
    let text = if is_json { report::json(&found) } else { report::text(&found, report::Style::of_stdout()) };
    written(out.write_all(text.as_bytes())).map(|()| found.status)
}

fn examine(given: &[(String, String)]) -> Findings {
    let began = Instant::now();
    let probed = configured(given).and_then(|config| probe(&config));
    let mut findings = vec![options::finding(given, probed.as_ref().err())];
    findings.extend(match &probed {
        Ok(probe) => stages::of(probe),
        Err(_) => stages::none_of_them(),
    });
    let outcome = probed.and_then(|probe| probe.outcome.map(drop));
    Findings {
        findings,
        status: outcome.err().map_or(0, |error| error.kind().number()),
        took: began.elapsed(),
    }
}

impl Findings {
    fn failed(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.state == State::Bad)
    }
}
