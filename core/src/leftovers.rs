//! What work with a secret leaves behind where no destructor runs: on the stack, and in the registers by which memory is
//! copied, which the dynamic linker may save on the stack when a function is called for the first time.

use std::hint::black_box;
use xilnex_auth_wiping::clear_registers;

/// Does the work, then overwrites `DEPTH` bytes of the stack below, and the registers.
#[inline(never)]
pub fn wiped<const DEPTH: usize, T>(work: impl FnOnce() -> T) -> T {
    let done = below(work);
    overwrite::<DEPTH>();
    clear_registers();
    done
}

/// On the stack of a caller. The deepest work there, reading a secret file, takes two thirds of it.
pub const OF_A_CALL: usize = 16 * 1024;

/// On the stack of a flight's own thread, for TLS goes deep.
pub const OF_A_FLIGHT: usize = 64 * 1024;

#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite<const DEPTH: usize>() {
    black_box(&mut [0u8; DEPTH]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_is_done() {
        assert_eq!(wiped::<OF_A_CALL, _>(|| 7), 7);
    }
}
