//! Version and fixed sizes.

use crate::guard;
use std::ffi::{CStr, c_char};

/// The first number of the version.
pub const XILNEX_AUTH_VERSION_MAJOR: u32 = 0;
/// The second number of the version.
pub const XILNEX_AUTH_VERSION_MINOR: u32 = 1;
/// The third number of the version.
pub const XILNEX_AUTH_VERSION_PATCH: u32 = 0;

/// Bytes that hold any token with its NUL.
pub const XILNEX_AUTH_TOKEN_BUFFER: usize = 16384;
/// Bytes that hold the value of any Authorization header with its NUL.
pub const XILNEX_AUTH_HEADER_BUFFER: usize = 16391;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(text) => text,
    Err(_) => c"",
};

/// The version of the library that is loaded, such as "0.1.0". Static; never NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_version() -> *const c_char {
    guard::value(VERSION.as_ptr(), || Some(VERSION.as_ptr()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_version_of_the_package_and_buffers_that_suffice() {
        let numbers = [XILNEX_AUTH_VERSION_MAJOR, XILNEX_AUTH_VERSION_MINOR, XILNEX_AUTH_VERSION_PATCH];
        assert_eq!(numbers.map(|number| number.to_string()).join("."), xilnex_auth::VERSION);
        // A text constant cannot come from Rust source, so it stands in the configuration of the header.
        let macro_line = format!("#define XILNEX_AUTH_VERSION \"{}\"\n", xilnex_auth::VERSION);
        assert!(include_str!("../cbindgen.toml").contains(&macro_line));
        assert_eq!(XILNEX_AUTH_TOKEN_BUFFER, xilnex_auth::token::MAX_TOKEN_LENGTH + 1);
        assert_eq!(XILNEX_AUTH_HEADER_BUFFER, "Bearer ".len() + XILNEX_AUTH_TOKEN_BUFFER);
    }
}
