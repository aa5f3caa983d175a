//! Any bytes of an HTTP answer: no panic, the same bounds in whatever pieces it comes, and an end that is neither earlier
//! nor later than it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xilnex_auth::fuzzing::{End, Framing};

/// The end of an answer that comes in these pieces, and the same if the connection was cut then.
fn ends<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (End, End, bool) {
    let mut framing = Framing::default();
    for piece in pieces {
        framing.see(piece);
    }
    let (end, is_fault_of_head) = (framing.end(), framing.fault_of_head().is_some());
    framing.cut();
    (end, framing.end(), is_fault_of_head)
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([first, second], answer)) = bytes.split_first_chunk::<2>() else { return };
    let whole = ends([answer]);
    assert_eq!(ends(answer.chunks(1)), whole, "one byte at a time it ends otherwise");
    let cut = usize::from(*first).min(answer.len());
    let (front, back) = answer.split_at(cut);
    let pieces = back.chunks(usize::from(*second) + 1);
    assert_eq!(ends(std::iter::once(front).chain(pieces)), whole, "cut at {cut} it ends otherwise");
    assert!(!whole.2 || matches!(whole.0, End::Broken(_)));
    if whole.1 != End::Whole {
        return;
    }
    // Its bounds are its own and not those of the connection.
    assert_eq!(whole.0, End::Whole);
    assert!(cut == answer.len() || ends([front]).1 == End::Torn, "whole at {cut} of {}", answer.len());
    assert_eq!(ends([&answer[..answer.len() - 1]]).1, End::Torn, "whole a byte before its end");
    assert!(matches!(ends([answer, b"x"]).0, End::Broken(_)), "something follows its end");
});
