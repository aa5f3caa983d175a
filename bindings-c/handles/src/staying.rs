//! A library of Windows stays once it was used, as those of Linux do by the way they are linked: a thread may outlive the
//! last call, so the code must not be unmapped under it.

use std::sync::atomic::{AtomicBool, Ordering};
use winsafe::{AddrStr, HINSTANCE, co::GET_MODULE_HANDLE_EX_FLAG};

/// Keeps the library loaded that this code is in; in a program it changes nothing.
pub fn stay_loaded() {
    static STAYS: AtomicBool = AtomicBool::new(false);
    if STAYS.load(Ordering::Relaxed) {
        return;
    }
    let own = AddrStr::Addr(stay_loaded as *mut _);
    if let Ok(library) = HINSTANCE::GetModuleHandleEx(own, GET_MODULE_HANDLE_EX_FLAG::PIN) {
        std::mem::forget(library);
        STAYS.store(true, Ordering::Relaxed);
    }
}
