//! The one way in: every exported function runs inside it, so that no panic crosses the boundary. Only a token that is shown
//! is copied before, by what cannot panic.

use crate::status::{XILNEX_AUTH_OK, XILNEX_AUTH_PENDING, give, xilnex_auth_error, xilnex_auth_status};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use xilnex_auth::{Error, Kind};

/// Runs what can fail: gives its status, and its error to whoever wants it.
///
/// # Safety
/// `error` is NULL or points to writable memory for a pointer.
pub unsafe fn status(
    error: *mut *mut xilnex_auth_error,
    work: impl FnOnce() -> Result<(), Error>,
) -> xilnex_auth_status {
    // SAFETY: the caller's promise is handed on.
    unsafe { status_or_pending(error, || work().map(Some)) }
}

/// As [`status`], for what may have nothing to give yet.
///
/// # Safety
/// As [`status`].
pub unsafe fn status_or_pending(
    error: *mut *mut xilnex_auth_error,
    work: impl FnOnce() -> Result<Option<()>, Error>,
) -> xilnex_auth_status {
    let done =
        caught(work).unwrap_or_else(|| Err(Error::new(Kind::Internal, "a panic was caught at the boundary")));
    match done {
        Ok(Some(())) => XILNEX_AUTH_OK,
        Ok(None) => XILNEX_AUTH_PENDING,
        // SAFETY: the caller's promise is handed on.
        Err(failure) => unsafe { give(failure, error) },
    }
}

/// Runs what has no status; `fallback` stands in where there is no value, and after a panic.
pub fn value<T>(fallback: T, work: impl FnOnce() -> Option<T>) -> T {
    caught(work).flatten().unwrap_or(fallback)
}

fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    // No lock that a fork might find taken: at worst two threads set the same hook.
    static IS_SILENT: AtomicBool = AtomicBool::new(cfg!(test));
    // A till's stderr belongs to the till. The hook is that of this library's own runtime, not the host's.
    if !IS_SILENT.load(Ordering::Relaxed) {
        std::panic::set_hook(Box::new(|_| {}));
        IS_SILENT.store(true, Ordering::Relaxed);
    }
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::{free, read};
    use crate::status::XILNEX_AUTH_INTERNAL;

    #[test]
    fn a_panic_becomes_an_internal_error() {
        let mut error = std::ptr::null_mut();
        // SAFETY: the pointer is that of a local variable.
        let status = unsafe { status(&raw mut error, || panic!("canary")) };
        assert_eq!(status, XILNEX_AUTH_INTERNAL);
        assert_eq!(read(error, |error| error.error.kind()), Some(Kind::Internal));
        free(error);
        assert_eq!(value(7, || panic!("canary")), 7);
    }
}
