//! Python values on their way into the option table, which alone decides what is right.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use xilnex_auth::config::Value;
use xilnex_auth::{Config, Error};

/// A configuration with the given options over it; `None` stands for an option that was not given.
pub fn config(
    below: Result<Config, Error>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Result<Config, Error>> {
    let mut config = match below {
        Ok(config) => config,
        Err(error) => return Ok(Err(error)),
    };
    for (name, value) in options.into_iter().flat_map(|options| options.iter()) {
        if value.is_none() {
            continue;
        }
        let name = name.cast_into::<PyString>()?;
        if let Err(error) = set(&mut config, &name.to_string_lossy(), &value)? {
            return Ok(Err(error));
        }
    }
    Ok(Ok(config))
}

fn set(config: &mut Config, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Result<(), Error>> {
    let type_name = value.get_type().name()?.to_string();
    let other = Value::Other(&type_name);
    let done = if let Ok(text) = value.cast::<PyString>() {
        match text.to_cow() {
            Ok(text) => config.set_value(name, Value::Text(&text)).map(drop),
            Err(_) => config.set_value(name, Value::Other("str with a lone surrogate")).map(drop),
        }
    } else if value.is_instance_of::<PyBool>() {
        config.set_value(name, other).map(drop)
    } else if value.hasattr("__fspath__")? {
        match value.call_method0("__fspath__")?.extract::<String>() {
            Ok(path) => config.set_value(name, Value::Path(&path)).map(drop),
            Err(_) => config.set_value(name, other).map(drop),
        }
    } else {
        match value.extract::<f64>() {
            Ok(number) => config.set_value(name, Value::Number(number)).map(drop),
            Err(_) => config.set_value(name, other).map(drop),
        }
    };
    Ok(done)
}
