//! Every conversion between the caller's addresses and texts.

use std::ffi::{CStr, c_char};

/// A text that may be left out by NULL.
///
/// # Safety
/// `pointer` is NULL or a NUL-terminated text that outlives the result.
pub unsafe fn optional<'a>(pointer: *const c_char, argument: &str) -> Result<Option<&'a str>, String> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and the caller promises the rest.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map(Some).map_err(|_| format!("the argument {argument} is not UTF-8: give UTF-8 text"))
}

/// Writes as much of a text as the buffer holds, in whole characters, and a NUL.
///
/// # Safety
/// `buffer` is NULL or writable for `size` bytes.
pub unsafe fn tell(text: &str, buffer: *mut c_char, size: usize) {
    let Some(room) = size.checked_sub(1).filter(|_| !buffer.is_null()) else { return };
    let end = text.find('\0').unwrap_or(text.len());
    let end = (0..=room.min(end)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let text = &text[..end];
    // SAFETY: the caller promises that a buffer of this size is one; it has room for the text and its NUL, and the text
    // is not in it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast::<c_char>(), buffer, text.len());
        buffer.add(text.len()).write(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_buffer_between_characters() {
        for (size, told) in [(1, ""), (2, "a"), (4, "a"), (5, "a–"), (6, "a–b"), (9, "a–b")] {
            let mut buffer = [0x55; 9];
            // SAFETY: the buffer is larger than what is told, or as large.
            unsafe { tell("a–b", buffer.as_mut_ptr(), size) };
            let written = buffer.map(c_char::cast_unsigned);
            let expected = [told.as_bytes(), b"\0"].concat();
            assert!(written.starts_with(&expected), "{size}: {written:?}");
            assert!(written[expected.len()..].iter().all(|byte| *byte == 0x55), "{size}: {written:?}");
        }
        // SAFETY: NULL is not followed, whatever the size.
        unsafe { tell("a", std::ptr::null_mut(), 9) };
        // SAFETY: nothing is written where there is no room.
        unsafe { tell("a", std::ptr::dangling_mut(), 0) };
    }

    #[test]
    fn what_is_no_text_is_told_by_its_name() {
        // SAFETY: the texts are static.
        unsafe {
            assert_eq!(optional(std::ptr::null(), "options"), Ok(None));
            assert_eq!(optional(c"{}".as_ptr(), "options"), Ok(Some("{}")));
            assert!(optional(c"\xff".as_ptr(), "options").unwrap_err().contains("options"));
        }
    }
}
