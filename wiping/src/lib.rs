//! An allocator that overwrites every block before it is free again: what HTTP, TLS and JSON libraries held of a
//! secret or a token is gone when they let go of it. And what overwrites the registers by which memory is copied.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;
//! ```

mod registers;

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::NonNull;

pub use registers::clear_registers;

/// The system's allocator, but for blocks that are freed or moved: those are overwritten with zeros first.
///
/// For the whole program, since Rust has one allocator. Thread-safe, as the system's.
pub struct Wiping;

// SAFETY: every block is the system's, with the layout that was asked for; only blocks that the caller gives back are
// written to. `realloc` is the trait's own: a new block, a copy, and the old one freed by the `dealloc` below.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    // In one place: inlined into everything that frees something it would take a tenth of a library's size.
    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back a block of this layout that nobody uses any more.
        unsafe {
            if let Some(start) = NonNull::new(block) {
                wipe(start, layout.size());
            }
            System.dealloc(block, layout);
        }
    }
}

/// Writes zeros that the compiler must not leave out, though nobody reads them: word by word where it can.
///
/// # Safety
/// `start` is valid for writes of `size` bytes.
unsafe fn wipe(start: NonNull<u8>, size: usize) {
    const WORD: usize = size_of::<usize>();
    let head = start.align_offset(WORD).min(size);
    let words = (size - head) / WORD;
    // SAFETY: head, words and tail lie one after the other within the block, the words at their alignment.
    unsafe {
        (0..head).for_each(|at| start.add(at).write_volatile(0));
        let body = start.add(head).cast::<usize>();
        (0..words).for_each(|at| body.add(at).write_volatile(0));
        (head + words * WORD..size).for_each(|at| start.add(at).write_volatile(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_block_is_overwritten_and_none_beside_it() {
        let mut memory = [0u8; 64];
        for first in 0..16 {
            for size in 0..40 {
                memory.fill(7);
                // SAFETY: within the array.
                unsafe { wipe(NonNull::new(memory.as_mut_ptr().add(first)).unwrap(), size) };
                let expected = |at: usize| if (first..first + size).contains(&at) { 0 } else { 7 };
                assert!((0..64).all(|at| memory[at] == expected(at)), "{size} bytes from {first}");
            }
        }
    }

    #[test]
    fn a_block_that_grows_keeps_what_is_in_it() {
        // SAFETY: a block of this layout, moved and freed by the same allocator, and read within its size.
        unsafe {
            let small = Layout::array::<u8>(24).unwrap();
            let block = Wiping.alloc(small);
            block.write_bytes(9, 24);
            let grown = Wiping.realloc(block, small, 4096);
            assert!((0..24).all(|at| grown.add(at).read() == 9));
            Wiping.dealloc(grown, Layout::array::<u8>(4096).unwrap());
            let zeroed = Wiping.alloc_zeroed(small);
            assert!((0..24).all(|at| zeroed.add(at).read() == 0));
            Wiping.dealloc(zeroed, small);
        }
    }
}
