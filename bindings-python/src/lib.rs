//! `xilnex_auth._native`: the engine as a Python extension.
//!
//! Options go in, tokens and errors come out. No thread of the engine ever touches the interpreter: whoever waits
//! is a Python thread that has released the GIL, so an interpreter that ends waits for nobody.

/// What the engine and its libraries free is overwritten. The program around it keeps its own allocator.
#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

mod errors;
mod options;
mod events;
mod bell;
mod kept;
mod access_token;
mod pending;
mod stats;
mod origins;
mod sandbox;
mod client;
mod default_client;
mod command_line;

use pyo3::prelude::*;
use pyo3::types::PyTuple;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", xilnex_auth::VERSION)?;
    module.add(
        "KINDS",
        PyTuple::new(module.py(), xilnex_auth::Kind::all().map(xilnex_auth::Kind::id).collect::<Vec<_>>())?,
    )?;
    module.add_class::<client::Client>()?;
    module.add_class::<access_token::AccessToken>()?;
    module.add_class::<stats::Stats>()?;
    module.add_class::<pending::Pending>()?;
    module.add_class::<bell::Bell>()?;
    module.add_class::<origins::Origins>()?;
    module.add_class::<sandbox::Sandbox>()?;
    module.add_function(wrap_pyfunction!(default_client::get_token, module)?)?;
    module.add_function(wrap_pyfunction!(default_client::at_hand, module)?)?;
    module.add_function(wrap_pyfunction!(default_client::default_client, module)?)?;
    module.add_function(wrap_pyfunction!(default_client::replace_default_client, module)?)?;
    module.add_function(wrap_pyfunction!(command_line::run, module)?)
}
