//! Any Retry-After and Date: never more than 300 s, seconds as they are, a date judged against the answer's own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use xilnex_auth::clock::Reading;
use xilnex_auth::fuzzing::{Asked, access_token};
use xilnex_auth::secret::Secret;
use xilnex_auth::transport::HttpResponse;

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new("canary"));

/// When the request was sent by this machine's clock, in seconds since 1970.
const SENT: i64 = 1_000_000_000;

fuzz_target!(|bytes: &[u8]| match bytes.split_first() {
    Some((0, rest)) => dates(rest),
    Some((_, rest)) => texts(rest),
    None => {}
});

fn wait(retry_after: Option<String>, date: Option<String>) -> Option<Duration> {
    let sent =
        Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(SENT as u64) };
    let asked = Asked { sent, scope: None, client_secret: &SECRET, client_id: "till", draw: 0.5 };
    let answer = HttpResponse { status: 503, retry_after, date, ..HttpResponse::default() };
    access_token(&answer, &asked).expect_err("503 gives no token").retry_after()
}

fn texts(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (retry_after, date) = text.split_once('\n').map_or((text, None), |(text, date)| (text, Some(date)));
    let found = wait(Some(retry_after.to_owned()), date.map(str::to_owned));
    assert!(found.is_none_or(|wait| wait <= Duration::from_secs(300)), "{found:?}");
    let digits = retry_after.trim();
    if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        // What no double can count is far above the bound.
        let seconds = digits.parse::<f64>().expect("digits are a number").min(300.0);
        assert_eq!(found, Some(Duration::from_secs_f64(seconds)), "{digits}");
    } else if !digits.chars().any(|c| c.is_ascii_digit()) {
        assert_eq!(found, None, "{digits}");
    }
}

/// Two dates of which it is known how far they are apart.
fn dates(bytes: &[u8]) {
    let Some((until, rest)) = bytes.split_first_chunk::<4>() else { return };
    // Close to each other, since most pairs of dates are years apart.
    let until = i64::from(u32::from_le_bytes(*until));
    let (base, date) = match rest.split_first_chunk::<2>() {
        Some((near, _)) => {
            let date = until - i64::from(i16::from_le_bytes(*near));
            if date < 0 { return } else { (date, Some(http_date(date))) }
        }
        None => (SENT, None),
    };
    let expected = (until - base).clamp(0, 300) as u64;
    let found = wait(Some(http_date(until)), date);
    assert_eq!(found, Some(Duration::from_secs(expected)), "{until} at {base}");
}

/// The preferred form of RFC 9110 §5.6.7, written without the library that reads it.
fn http_date(seconds: i64) -> String {
    let (days, of_day) = (seconds / 86400, seconds % 86400);
    let mut year = 1970;
    let mut left = days;
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while left >= 365 + i64::from(is_leap(year)) {
        left -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month];
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {:02} {name} {year} {hour:02}:{minute:02}:{second:02} GMT", left + 1)
}
