//! Where tokens can be shared beyond this process; the cache of the process itself needs none.

use crate::settings::Key;
use crate::token::AccessToken;

/// A place outside the process. It may lose anything at any time: a failing store is an empty one.
pub trait Store: Send + Sync {
    /// The token that was saved under this key, if any.
    fn load(&self, key: &Key) -> Option<AccessToken>;

    /// Keeps a token that was just fetched.
    fn save(&self, key: &Key, token: &AccessToken);

    /// Drops this token, which a resource server refused; another one under the key stays.
    fn forget(&self, key: &Key, token: &str);
}
