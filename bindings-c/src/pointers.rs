//! Every conversion between addresses and values. NULL and text that is not UTF-8 are the caller's mistake, told
//! by the argument's name.

use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
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

/// Refuses an output that cannot be written, before any work is done for it.
pub fn writable<T>(pointer: *mut T, argument: &str) -> Result<(), Error> {
    if pointer.is_null() { Err(null(argument)) } else { Ok(()) }
}

/// Writes an output that the caller may not want.
///
/// # Safety
/// `pointer` is NULL or writable, aligned or not.
#[inline]
pub unsafe fn put<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        unsafe { pointer.write_unaligned(value) };
    }
}

/// A text that may not be there.
pub fn optional(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// Refuses a buffer that cannot be written, before any work is done for it; one of no bytes only asks for the length.
#[inline]
pub fn room(buffer: *mut c_char, size: usize) -> Result<(), Error> {
    if size == 0 { Ok(()) } else { writable(buffer, "buffer") }
}

/// The caller's buffer as bytes; NULL has none.
///
/// # Safety
/// `buffer` is NULL or writable for `size` bytes.
#[inline]
pub unsafe fn writable_bytes<'a>(buffer: *mut c_char, size: usize) -> &'a mut [MaybeUninit<u8>] {
    if buffer.is_null() {
        return &mut [];
    }
    // SAFETY: not NULL, and the caller promises the rest; nobody has more than half of all memory.
    unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size & isize::MAX.cast_unsigned()) }
}

/// Copies `text` and a NUL into the caller's buffer and tells its length without the NUL, which is told too when
/// the buffer is too small; then nothing else is written.
///
/// # Safety
/// `buffer` is writable for `size` bytes, as [`room`] knows it; `length` is NULL or writable.
#[inline]
pub unsafe fn fill(buffer: *mut c_char, size: usize, length: *mut usize, text: &str) -> Result<(), Error> {
    // SAFETY: the caller's promise about `length`.
    unsafe { put(length, text.len()) };
    let needed = text.len() + 1;
    if size < needed {
        return Err(Error::invalid_config(format!("the buffer has {size} bytes, and {needed} are needed")));
    }
    // SAFETY: the caller promises that a buffer of this size is one; it has room for the text and its NUL, and the text
    // is not in it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast::<c_char>(), buffer, text.len());
        buffer.add(text.len()).write(0);
    }
    Ok(())
}
