//! The registers by which memory is copied: they hold the last bytes of a secret until something else is copied, and the
//! dynamic linker may save them on the stack when a function is called for the first time.

/// Overwrites them, in a few instructions where the processor is known, else by copying zeros.
#[inline]
pub fn clear_registers() {
    #[cfg(target_arch = "x86_64")]
    known::clear();
    #[cfg(not(target_arch = "x86_64"))]
    copy_zeros();
}

#[cfg(target_arch = "x86_64")]
mod known {
    use std::arch::asm;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// What the processor has: asked once, for this is on the way of every call.
    static FOUND: AtomicU8 = AtomicU8::new(UNKNOWN);
    const UNKNOWN: u8 = 0;
    const AVX: u8 = 1;
    const AVX_512: u8 = 2;
    const NEITHER: u8 = 3;

    #[inline]
    pub fn clear() {
        match FOUND.load(Ordering::Relaxed) {
            // SAFETY: the processor has it.
            AVX => unsafe { clear_lower() },
            _ => clear_others(),
        }
    }

    #[inline(never)]
    fn clear_others() {
        match FOUND.load(Ordering::Relaxed) {
            // SAFETY: the processor has both.
            AVX_512 => unsafe {
                clear_upper();
                clear_lower();
            },
            NEITHER => super::copy_zeros(),
            _ => {
                FOUND.store(found(), Ordering::Relaxed);
                clear();
            }
        }
    }

    fn found() -> u8 {
        match (is_x86_feature_detected!("avx"), is_x86_feature_detected!("avx512vl")) {
            (true, true) => AVX_512,
            (true, false) => AVX,
            (false, _) => NEITHER,
        }
    }

    /// All that programs without AVX-512 use.
    ///
    /// # Safety
    /// The processor has AVX.
    #[inline]
    unsafe fn clear_lower() {
        // SAFETY: the caller's promise. It writes to registers alone, all of which are told.
        unsafe { asm!("vzeroall", clobber_abi("sysv64"), options(nomem, nostack, preserves_flags)) };
    }

    /// The half of them that `vzeroall` leaves alone.
    ///
    /// # Safety
    /// The processor has AVX-512VL.
    unsafe fn clear_upper() {
        // SAFETY: the caller's promise. Writing to the low part of such a register clears the rest.
        unsafe {
            asm!(
                "vpxord xmm16, xmm16, xmm16",
                "vpxord xmm17, xmm17, xmm17",
                "vpxord xmm18, xmm18, xmm18",
                "vpxord xmm19, xmm19, xmm19",
                "vpxord xmm20, xmm20, xmm20",
                "vpxord xmm21, xmm21, xmm21",
                "vpxord xmm22, xmm22, xmm22",
                "vpxord xmm23, xmm23, xmm23",
                "vpxord xmm24, xmm24, xmm24",
                "vpxord xmm25, xmm25, xmm25",
                "vpxord xmm26, xmm26, xmm26",
                "vpxord xmm27, xmm27, xmm27",
                "vpxord xmm28, xmm28, xmm28",
                "vpxord xmm29, xmm29, xmm29",
                "vpxord xmm30, xmm30, xmm30",
                "vpxord xmm31, xmm31, xmm31",
                clobber_abi("sysv64"),
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}

/// By way of the registers by which the system's library copies: which ones, goes by the length.
#[inline(never)]
fn copy_zeros() {
    use std::hint::black_box;
    static ZEROS: [u8; 1024] = [0; 1024];
    let (mut to, from) = ([0u8; 1024], black_box(&ZEROS));
    for length in [16, 32, 64, 128, 256, 1024] {
        let length = black_box(length);
        to[..length].copy_from_slice(&from[..length]);
        black_box(&mut to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_computed_before_is_there_after_it() {
        let numbers: Vec<f64> = (0..32).map(f64::from).collect();
        let doubled: Vec<f64> = numbers.iter().map(|number| number * 2.0).collect();
        clear_registers();
        copy_zeros();
        assert_eq!(doubled.iter().sum::<f64>(), 992.0);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn nothing_is_left_in_them() {
        use std::arch::asm;
        let mut left = [[1u64; 2]; 3];
        // SAFETY: every processor of this kind has these registers, and what is written is told.
        unsafe {
            asm!("movq xmm1, {0}", "movq xmm5, {0}", "movq xmm15, {0}", in(reg) u64::MAX,
                out("xmm1") _, out("xmm5") _, out("xmm15") _);
            clear_registers();
            asm!("movups [{0}], xmm1", "movups [{0} + 16], xmm5", "movups [{0} + 32], xmm15", in(reg) left.as_mut_ptr());
        }
        assert_eq!(left, [[0; 2]; 3]);
    }
}
