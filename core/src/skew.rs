//! How far this machine's clock and the server's are apart: pure.

use crate::clock::Reading;
use std::time::{Duration, SystemTime};

/// So many seconds apart, nobody is told.
const TOLERATED: i64 = 60;

/// How many seconds this machine's clock is ahead of the server's, negative when it is behind: the least that explains
/// the `Date` of an answer (RFC 9110 §6.6.1), which was written between sending the request and receiving the answer
/// and leaves out what a second has begun with.
pub fn measure(date: SystemTime, sent: &Reading, received: &Reading) -> i64 {
    let (earliest, latest) = (sent.wall.min(received.wall), sent.wall.max(received.wall));
    let end = date.checked_add(Duration::from_secs(1)).unwrap_or(date);
    let (least, most) = (seconds(earliest, end), seconds(latest, date));
    if least > 0 { least } else { most.min(0) }
}

/// Whether two measurements tell different stories.
pub fn differ(one: i64, other: i64) -> bool {
    one.saturating_sub(other).saturating_abs() > TOLERATED
}

/// Whether somebody should set a clock.
pub fn is_wrong(skew: i64) -> bool {
    differ(skew, 0)
}

/// A sentence for a person.
pub fn sentence(skew: i64) -> String {
    match skew {
        _ if !is_wrong(skew) => "this machine's clock agrees with the server's".to_owned(),
        1.. => format!("this machine's clock is {skew} s ahead of the server's"),
        _ => format!("this machine's clock is {} s behind the server's", skew.unsigned_abs()),
    }
}

fn seconds(to: SystemTime, from: SystemTime) -> i64 {
    let whole = |length: Duration| i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    to.duration_since(from).map_or_else(|earlier| -whole(earlier.duration()), whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: f64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds)
    }

    fn measured(date: f64, sent: f64, received: f64) -> i64 {
        let reading = |wall| Reading { boot: Duration::ZERO, wall: at(wall) };
        measure(at(date), &reading(sent), &reading(received))
    }

    #[test]
    fn what_the_way_and_the_second_explain_is_no_skew() {
        for (date, sent, received, skew) in [
            (1000.0, 1000.5, 1000.6, 0),
            (1000.0, 999.0, 1000.2, 0),
            (1000.0, 1000.9, 1001.2, 0), // written in the last tenth of its second
            (1000.0, 900.0, 1100.0, 0),  // a slow answer: anything in between
            (1000.0, 1100.0, 900.0, 0),  // the clock was set back meanwhile
            (1000.0, 8200.5, 8200.6, 7199),
            (8200.0, 1000.5, 1000.6, -7199),
            (1000.0, 1061.5, 1062.0, 60),
            (784111777.0, 1795600000.0, 1795600000.0, 1011488222),
        ] {
            assert_eq!(measured(date, sent, received), skew, "{date} {sent} {received}");
        }
    }

    #[test]
    fn a_minute_is_tolerated() {
        for (skew, told) in [
            (60, "agrees with"),
            (-60, "agrees with"),
            (61, "61 s ahead of"),
            (-61, "61 s behind"),
            (i64::MIN, "behind"),
        ] {
            assert!(sentence(skew).contains(told), "{skew}: {}", sentence(skew));
        }
        assert!(differ(i64::MIN, i64::MAX) && !differ(7200, 7260));
    }

    proptest! {
        #[test]
        fn no_time_panics_and_the_skew_is_never_more_than_what_is_seen(
            date in 0u64..1 << 38, sent in 0u64..1 << 38, took in 0u64..100,
        ) {
            let (date, sent) = (date as f64, sent as f64);
            let skew = measured(date, sent, sent + took as f64);
            prop_assert!(skew.abs() as f64 <= (sent + took as f64 - date).abs().max((sent - date).abs()));
        }
    }
}
