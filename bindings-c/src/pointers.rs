//! Every conversion between pointers and values. NULL and text that is not UTF-8 are the caller's mistake, told
//! by the argument's name.

use std::ffi::{CStr, c_char};
use xilnex_auth::Error;

/// The caller's mistake.
pub fn null(argument: &str) -> Error {
    Error::invalid_config(format!("the argument {argument} is NULL: give a pointer"))
}

/// # Safety
/// `pointer` is NULL or a NUL-terminated text that outlives the result.
pub unsafe fn text<'a>(pointer: *const c_char, argument: &str) -> Result<&'a str, Error> {
    if pointer.is_null() {
        return Err(null(argument));
    }
    // SAFETY: not NULL, and the caller promises the rest.
    let bytes = unsafe { CStr::from_ptr(pointer) };
    bytes
        .to_str()
        .map_err(|_| Error::invalid_config(format!("the argument {argument} is not UTF-8: give UTF-8 text")))
}

/// # Safety
/// `pointer` is NULL or a live handle that nobody changes meanwhile.
pub unsafe fn handle<'a, T>(pointer: *const T, argument: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller promises that a pointer that is not NULL is live.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(argument))
}

/// # Safety
/// `pointer` is NULL or a live handle that nobody else uses meanwhile.
pub unsafe fn handle_mut<'a, T>(pointer: *mut T, argument: &str) -> Result<&'a mut T, Error> {
    // SAFETY: the caller promises that a pointer that is not NULL is live and its own.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(argument))
}

/// Refuses an output that cannot be written, before any work is done for it.
pub fn writable<T>(pointer: *mut T, argument: &str) -> Result<(), Error> {
    if pointer.is_null() { Err(null(argument)) } else { Ok(()) }
}

/// Writes an output that the caller may not want.
///
/// # Safety
/// `pointer` is NULL or writable.
pub unsafe fn put<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        unsafe { pointer.write(value) };
    }
}

/// Gives a value to the caller, who frees it.
pub fn into_handle<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// # Safety
/// `pointer` is NULL or came from [`into_handle`] and is not used again.
pub unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

/// Copies `text` and a NUL into the caller's buffer and tells its length without the NUL, which is told too when
/// the buffer is too small; then nothing else is written.
///
/// # Safety
/// `buffer` is writable for `size` bytes, or NULL; `length` is NULL or writable.
pub unsafe fn fill(buffer: *mut c_char, size: usize, length: *mut usize, text: &str) -> Result<(), Error> {
    // SAFETY: the caller's promise about `length`.
    unsafe { put(length, text.len()) };
    let needed = text.len() + 1;
    if size < needed {
        return Err(Error::invalid_config(format!("the buffer has {size} bytes, and {needed} are needed")));
    }
    writable(buffer, "buffer")?;
    // SAFETY: the buffer is not NULL and has room for the text and its NUL; the text is not in it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast::<c_char>(), buffer, text.len());
        buffer.add(text.len()).write(0);
    }
    Ok(())
}
