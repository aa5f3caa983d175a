//! A panic inside a shared library that is built as those of the C binding are. Nothing in these panics when it is asked to,
//! so this tells of a platform whether what they catch is caught there.

/// 1 where the panic was caught. A process in which it is not ends here.
#[unsafe(no_mangle)]
pub extern "C" fn unwinding_catches() -> i32 {
    std::panic::set_hook(Box::new(|_| {}));
    i32::from(std::panic::catch_unwind(|| std::panic::panic_any(())).is_err())
}
