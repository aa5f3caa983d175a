//! The program `xilnex-auth` of the C package.
#![forbid(unsafe_code)]

#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

fn main() -> std::process::ExitCode {
    let arguments = std::env::args_os().skip(1).collect();
    xilnex_auth_cli::run(arguments, &mut std::io::stdout(), &mut std::io::stderr()).into()
}
