//! Tells the linker how an addon finds the functions of Node.

fn main() {
    napi_build::setup();
}
