//! JavaScript options on their way into the option table, which alone decides what is right.

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
        config.set_value(&snake_case(&given.name)?, value(given))?;
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

/// `clientId` is the option client_id; one spelling each, so the table's own spelling is refused.
fn snake_case(name: &str) -> Result<String, Error> {
    if name.contains('_') && OPTIONS.iter().any(|row| row.name == name) {
        let told = format!("unknown option {name}: it is written {} here", camel_case(name));
        return Err(Error::invalid_config(told));
    }
    let mut snake = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    Ok(snake)
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(1);
        camel += &first.to_ascii_uppercase();
        camel += rest;
    }
    camel
}
