//! The members of an object, with a word about those that are given twice.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The members that are read here. Another one may be repeated; of these, parsers disagree which counts (RFC 8259 §4).
const READ: [&str; 6] = ["access_token", "token_type", "expires_in", "scope", "error", "error_description"];

/// An object.
#[derive(Default)]
pub struct Members {
    /// Each member; of a repeated one the last.
    pub found: Map<String, Value>,
    /// The first of the members that matter here that is given twice.
    pub repeated: Option<&'static str>,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(Members::default())
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Members, A::Error> {
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            let known = READ.into_iter().find(|known| *known == name);
            if self.found.insert(name, value).is_some() {
                self.repeated = self.repeated.or(known);
            }
        }
        Ok(self)
    }
}
