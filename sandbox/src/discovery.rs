//! What a sandbox publishes of itself (RFC 8414).

use crate::RegisteredClient;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The metadata of the authorization server.
pub fn metadata(issuer: &str, clients: &[RegisteredClient]) -> Value {
    let scopes: BTreeSet<&str> = clients.iter().flat_map(|client| client.scope.split(' ')).collect();
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/connect/token"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "scopes_supported": scopes,
    })
}
