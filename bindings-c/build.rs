//! How the shared library is linked: its soname, and that it stays once loaded.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "android" | "freebsd") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libxilnex_auth.so.{major}");
            // A thread of the engine may outlive the last call, so the code must not be unmapped under it.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libxilnex_auth.{major}.dylib");
        }
        _ => {}
    }
}
