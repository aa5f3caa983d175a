//! How each shared library is linked: its soname, and that it stays once loaded.

fn main() {
    // The version is there.
    println!("cargo:rerun-if-changed=Cargo.toml");
    let name = env!("CARGO_PKG_NAME").trim_end_matches("-c").replace('-', "_");
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "android" | "freebsd") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,lib{name}.so.{major}");
            // A thread may outlive the last call, so the code must not be unmapped under it.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/lib{name}.{major}.dylib");
        }
        _ => {}
    }
}
