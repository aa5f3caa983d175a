//! The command line, reached from `xilnex-auth` and `python -m xilnex_auth`.

use pyo3::prelude::*;
use std::ffi::OsString;
use std::io::{stderr, stdout};

/// Runs the command line with these arguments and gives the exit status.
#[pyfunction]
pub fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| xilnex_auth_cli::run(arguments, &mut stdout(), &mut stderr()))
}
