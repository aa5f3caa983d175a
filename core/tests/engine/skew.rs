//! What is told of a clock that is wrong.

use crate::doubles::Step::{Dated, DatedAnswer, Fail, Token};
use crate::doubles::{Step, World};
use parking_lot::Mutex;
use std::sync::Arc;
use xilnex_auth::Kind;
use xilnex_auth::event::{Event, Happening, subscribe};

/// The wall clock of a world that has just begun.
const NOW: u64 = 1 << 30;

const HOUR: u64 = 3600;

#[test]
fn a_clock_that_is_wrong_is_told_once_for_each_change() {
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let hears = heard.clone();
    let _listening = subscribe(move |event| {
        if event.client_id == "skewed" && event.happening == Happening::ClockSkew {
            hears.lock().push(event.clone());
        }
    });
    let options = [("client_id", "skewed"), ("client_secret", "canary")];
    let world = World::with([], &options);
    // Each request is sent 100 s after the one before it, the first at this time.
    let at = |count: u64| NOW + 40 + 100 * count;
    for (step, skew, told) in [
        (Token("undated", HOUR), None, 0),
        (Dated(at(1) + 50, "close", HOUR), Some(-50), 0),
        (Dated(at(2) + 7200, "behind", HOUR), Some(-7200), 1),
        (Dated(at(3) + 7215, "still-behind", HOUR), Some(-7215), 1),
        (Token("no-news", HOUR), Some(-7215), 1),
        (Dated(at(5) + 3600, "less-behind", HOUR), Some(-3600), 2),
        (Dated(at(6) - 300, "ahead", HOUR), Some(299), 3),
        (Dated(at(7) - 1, "well", HOUR), Some(0), 4),
    ] {
        world.script.push(step);
        world.clock.advance(40.0);
        let token = world.get();
        assert_eq!((world.client.stats().clock_skew, heard.lock().len()), (skew, told), "{token}");
        assert!(world.client.invalidate(&token), "{token}");
        world.clock.advance(60.0);
    }
    let heard = heard.lock();
    let skews: Vec<_> = heard.iter().filter_map(|event| event.clock_skew).collect();
    assert_eq!(skews, [-7200, -3600, 299, 0]);
    let warnings: Vec<_> = heard.iter().map(|event| event.is_warning).collect();
    assert_eq!(warnings, [true, true, true, false]);
    assert_eq!(heard[0].to_string(), "skewed: this machine's clock is 7200 s behind the server's");
    assert_eq!(heard[3].to_string(), "skewed: this machine's clock agrees with the server's");
}

#[test]
fn a_refusal_and_a_certificate_that_is_not_trusted_mention_it() {
    let hint_after = |steps: [Step; 2]| {
        let world = World::new(steps);
        let first = world.get();
        world.client.invalidate(&first);
        world.client.get_token().unwrap_err().hint().unwrap_or_default().to_owned()
    };
    let skewed = || Dated(NOW - 3600, "one", HOUR);
    let told = "this machine's clock is 3599 s ahead of the server's";
    assert!(hint_after([skewed(), Fail(Kind::Tls)]).contains(told));
    let refusal = r#"{"error":"invalid_client"}"#;
    let hint = hint_after([Token("one", HOUR), DatedAnswer(NOW - 3600, 400, refusal)]);
    assert!(hint.contains(told) && hint.contains("client_secret"), "{hint}");
    for (first, second) in [
        (Token("one", HOUR), Fail(Kind::Tls)),
        (Dated(NOW, "one", HOUR), DatedAnswer(NOW, 400, refusal)),
        (skewed(), Fail(Kind::Connect)),
    ] {
        assert!(!hint_after([first, second]).contains("clock"));
    }
}
