//! JavaScript options on their way into the option table, which alone decides what is right.

use crate::spelling::camel_case;
use napi_derive::napi;
use xilnex_auth::config::{OPTIONS, Value};
use xilnex_auth::{Config, Error};

/// An option as JavaScript gave it: text, a number or, where it is neither, the name of its type alone.
#[napi(object, object_to_js = false)]
pub struct Given {
    /// The name, in camel case.
    pub name: String,
    /// The value, if it is text.
    pub text: Option<String>,
    /// The value, if it is a number.
    pub number: Option<f64>,
    /// What JavaScript calls the type of the value.
    pub type_name: String,
}

/// A configuration with the given options over it.
pub fn laid_over(mut config: Config, options: &[Given]) -> Result<Config, Error> {
    for given in options {
        config.set_value(name_in_table(&given.name)?, value(given))?;
    }
    Ok(config)
}

fn value(given: &Given) -> Value<'_> {
    match (&given.text, given.number) {
        (Some(text), _) => Value::Text(text),
        (_, Some(number)) => Value::Number(number),
        _ => Value::Other(&given.type_name),
    }
}

/// `clientId` is the option client_id; one spelling each, so the table's own spelling is refused. A name that is no option
/// stays as it is, for the table to say so.
fn name_in_table(name: &str) -> Result<&str, Error> {
    match OPTIONS.iter().find(|row| row.name == name || camel_case(row.name) == name) {
        Some(row) if row.name == name && name.contains('_') => {
            let camel = camel_case(name);
            Err(Error::invalid_config(format!("unknown option \"{name}\": it is written {camel} here")))
        }
        Some(row) => Ok(row.name),
        None => Ok(name),
    }
}
