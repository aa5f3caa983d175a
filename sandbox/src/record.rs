//! What reached the sandbox: the requests themselves, bounded, and counters.

use crate::http::Request;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// The latest requests are kept, and no more of them.
const KEPT: usize = 1000;

/// A request as it was received. Holds a client's secret, so there is no `Debug`.
#[derive(Clone)]
pub struct RecordedRequest {
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// Names and values in order.
    pub headers: Vec<(String, String)>,
    /// The head, byte for byte.
    pub head: Vec<u8>,
    /// The body, decoded from its transfer coding.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Counts {
    requests: VecDeque<RecordedRequest>,
    connections: u64,
    token: u64,
    data: u64,
    token_by_client: BTreeMap<String, u64>,
}

/// The books of a sandbox.
#[derive(Default)]
pub struct Record(Mutex<Counts>);

impl Record {
    /// Enters a connection.
    pub fn enter_connection(&self) {
        self.0.lock().connections += 1;
    }

    /// Enters a request; how many token requests there were before.
    pub fn enter(&self, request: &Request) -> u64 {
        let mut counts = self.0.lock();
        let before = counts.token;
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/connect/token") => counts.token += 1,
            (_, "/data") => counts.data += 1,
            _ => {}
        }
        if counts.requests.len() == KEPT {
            counts.requests.pop_front();
        }
        counts.requests.push_back(RecordedRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            head: request.head.clone(),
            body: request.body.clone(),
        });
        before
    }

    /// Enters a token request of a known client.
    pub fn enter_client(&self, client_id: &str) {
        *self.0.lock().token_by_client.entry(client_id.to_owned()).or_default() += 1;
    }

    pub fn connections(&self) -> u64 {
        self.0.lock().connections
    }

    pub fn token_requests(&self) -> u64 {
        self.0.lock().token
    }

    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.lock().requests.iter().cloned().collect()
    }

    /// The counters for `GET /sandbox`.
    pub fn summary(&self) -> Value {
        let counts = self.0.lock();
        json!({
            "connections": counts.connections,
            "token_requests": counts.token,
            "data_requests": counts.data,
            "token_requests_by_client": counts.token_by_client,
        })
    }
}
