//! What one call asks for, in numbers that make sense.

use crate::error::Error;
use std::time::Duration;

/// What one call asks for. The default: any valid token, within the client's timeout.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call {
    /// How long the token must still live. One that was fetched less than 30 s ago, or a quarter of its life, is
    /// handed out all the same: the server has no better.
    pub min_ttl: Duration,
    /// How long this call may wait, in place of the client's `timeout`.
    pub timeout: Option<Duration>,
}

impl Call {
    /// A call from numbers as other languages count them: seconds, decimals allowed.
    ///
    /// # Errors
    /// `invalid_config` naming the argument that is negative, not finite or too large.
    #[inline]
    pub fn from_seconds(min_ttl: f64, timeout: Option<f64>) -> Result<Call, Error> {
        if min_ttl == 0.0 && timeout.is_none() {
            return Ok(Call::default());
        }
        let min_ttl = seconds("min_ttl", min_ttl)?;
        Ok(Call { min_ttl, timeout: timeout.map(|timeout| seconds("timeout", timeout)).transpose()? })
    }
}

fn seconds(argument: &str, number: f64) -> Result<Duration, Error> {
    let length = Duration::try_from_secs_f64(number).ok().filter(|length| *length <= LONGEST);
    length.ok_or_else(|| {
        Error::invalid_config(format!("the argument {argument} must be a number of seconds from 0 to a year"))
    })
}

/// Nobody waits longer for a token, or asks for one that lives longer; adding it to a clock cannot overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_no_time_are_refused_by_the_argument_s_name() {
        let half = Duration::from_millis(500);
        let call = Call::from_seconds(0.5, Some(0.5)).unwrap();
        assert_eq!((call.min_ttl, call.timeout), (half, Some(half)));
        assert_eq!(Call::from_seconds(0.0, None).unwrap().timeout, None);
        for wrong in [-0.1, f64::NAN, f64::INFINITY, 1e9, 1e300] {
            assert!(Call::from_seconds(wrong, None).unwrap_err().message().contains("min_ttl"), "{wrong}");
            assert!(
                Call::from_seconds(0.0, Some(wrong)).unwrap_err().message().contains("timeout"),
                "{wrong}"
            );
        }
    }
}
