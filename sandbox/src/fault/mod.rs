//! Faults by name: what goes wrong at a server that is told to fail, for tests of those who depend on it.

mod network;
mod http;
mod json;
mod oauth;

use crate::certificates::Forgery;
use crate::channel::Stop;
use std::borrow::Cow;
use std::time::Duration;

/// One way in which an authorization server fails. A few are no faults but oddities that a client has to take; their
/// description says so.
#[derive(Debug)]
pub struct Fault {
    name: &'static str,
    about: &'static str,
    pub(crate) deed: Deed,
}

/// What a faulty server does.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Nobody listens any more.
    Refuse,
    /// This, on a new connection, before anything of it is read and below TLS.
    Connection(fn() -> Vec<Step>),
    /// A handshake with a wrong certificate.
    Forge(Forgery),
    /// A handshake that stops after so many bytes of the server's part.
    Handshake(usize, Stop),
    /// This, once a token request was read.
    Request(fn() -> Vec<Step>),
    /// An answer in good form: status, headers and body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// An answer to the letter.
    Raw(&'static str),
    /// An error that repeats the request.
    Echo,
}

impl Deed {
    /// Whether it is done on a connection before a request was read.
    pub fn is_of_connection(&self) -> bool {
        matches!(self, Deed::Connection(_) | Deed::Forge(_) | Deed::Handshake(..))
    }

    /// Whether it is done in place of an answer.
    pub fn is_an_answer(&self) -> bool {
        !self.is_of_connection() && !matches!(self, Deed::Refuse)
    }
}

/// One step of what a faulty server does on a connection. After the last one it closes in order.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Wait.
    Wait(Duration),
    /// Wait for the first bytes of the client.
    Hear,
    /// Say this.
    Say(Cow<'static, [u8]>),
    /// Say this a byte a second.
    Drip(Cow<'static, [u8]>),
    /// Say this again and again until the client leaves.
    Repeat(Cow<'static, [u8]>),
    /// Say no more until the client leaves.
    Stall,
    /// End the connection, below TLS.
    Cut,
    /// Reset the connection.
    Reset,
}

/// `${token}` in an answer stands for a token as the server would have given it, `${elsewhere}` for the address of
/// another server.
pub(crate) const TOKEN: &str = "${token}";
pub(crate) const ELSEWHERE: &str = "${elsewhere}";

/// The start of an answer whose body has any length.
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// An answer that breaks off, where it is to break off.
const TORN: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"access_token\":\"sandb";

const fn fault(name: &'static str, about: &'static str, deed: Deed) -> Fault {
    Fault { name, about, deed }
}

/// An answer of status 200 with this body.
const fn json(name: &'static str, about: &'static str, body: &'static str) -> Fault {
    fault(name, about, Deed::Answer(200, &[], body))
}

fn say(text: &'static str) -> Step {
    Step::Say(text.as_bytes().into())
}

impl Fault {
    /// Every fault, grouped by where it happens: connection, TLS, HTTP, JSON, OAuth.
    pub fn all() -> impl Iterator<Item = &'static Fault> {
        network::FAULTS.iter().chain(&http::FAULTS).chain(&json::FAULTS).chain(&oauth::FAULTS)
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<&'static Fault> {
        Fault::all().find(|fault| fault.name == name)
    }

    /// Its name, in kebab case.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the server does, in a few words.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Whether it is what a token request gets for an answer, on a connection that is well until then.
    pub fn is_an_answer(&self) -> bool {
        self.deed.is_an_answer()
    }

    /// Whether it happens in a handshake, so that the server has to speak TLS.
    pub fn needs_tls(&self) -> bool {
        matches!(self.deed, Deed::Forge(_) | Deed::Handshake(..)) || self.name.starts_with("tls-")
    }
}

/// When a sandbox fails.
#[derive(Clone, Copy, Debug)]
pub struct FaultPlan {
    /// How.
    pub fault: &'static Fault,
    /// How many token requests are answered as they should be before.
    pub after: u64,
    /// How many times it happens; for ever where none is told.
    pub times: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_words_and_descriptions_short() {
        let names: BTreeSet<&str> = Fault::all().map(Fault::name).collect();
        assert_eq!(names.len(), Fault::all().count());
        for fault in Fault::all() {
            let is_name_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(fault.name.chars().all(is_name_char), "{}", fault.name);
            assert!(fault.name.len() <= 28 && fault.about.len() <= 78, "{}", fault.name);
            assert!(Fault::named(fault.name).is_some_and(|found| found.about == fault.about));
        }
    }
}
