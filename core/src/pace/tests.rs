//! The decisions of pace, by tables and properties.

use super::*;
use proptest::prelude::*;

fn seconds(count: f64) -> Duration {
    Duration::from_secs_f64(count)
}

fn failure(kind: Kind) -> Error {
    Error::new(kind, "scripted")
}

/// What is left of the cool-down after this many failures in a row, the last one at `now`.
fn cool_down_after(failures: u32, error: &Error, draw: f64) -> Duration {
    let mut pace = Pace::default();
    (0..failures).for_each(|_| pace.failed(seconds(100.0), error, draw));
    match pace.refusal(seconds(100.0)) {
        Some(Refusal::CoolDown(_, left)) => left,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cool_down_doubles_to_its_bound() {
    for (failures, least, most) in [
        (1, 1.0, 1.0),
        (2, 2.0, 2.25),
        (3, 4.0, 4.75),
        (5, 16.0, 19.75),
        (6, 30.0, 37.25),
        (u32::MAX, 30.0, 37.25),
    ] {
        let failures = failures.min(40);
        for kind in
            [Kind::Connect, Kind::Timeout, Kind::Tls, Kind::BadResponse, Kind::Internal, Kind::InvalidConfig]
        {
            assert_eq!(cool_down_after(failures, &failure(kind), 0.0), seconds(least), "{failures}");
            assert_eq!(cool_down_after(failures, &failure(kind), 1.0), seconds(most), "{failures}");
        }
        assert_eq!(cool_down_after(failures, &failure(Kind::Rejected), 0.0), seconds(30.0));
        assert_eq!(cool_down_after(failures, &failure(Kind::Rejected), 1.0), seconds(36.0));
    }
}

#[test]
fn a_cool_down_ends_in_time_and_gives_the_error_meanwhile() {
    let mut pace = Pace::default();
    assert!(pace.refusal(seconds(9.0)).is_none() && pace.last_error().is_none());
    pace.failed(seconds(10.0), &failure(Kind::Connect), 0.5);
    let Some(Refusal::CoolDown(error, left)) = pace.refusal(seconds(10.25)) else { panic!() };
    assert_eq!((error.kind(), left), (Kind::Connect, seconds(0.75)));
    assert!(pace.refusal(seconds(10.999)).is_some());
    assert!(pace.refusal(seconds(11.0)).is_none());
    assert_eq!(pace.last_error().map(Error::kind), Some(Kind::Connect));
}

#[test]
fn retry_after_is_never_undercut() {
    for (kind, asked) in [(Kind::Unavailable, 200.0), (Kind::Rejected, 299.0)] {
        let error = failure(kind).with_retry_after(Some(seconds(asked)));
        assert_eq!(cool_down_after(1, &error, 0.3), seconds(asked));
        let mut pace = Pace::default();
        pace.failed(seconds(10.0), &error, 0.0);
        assert_eq!(pace.ahead(seconds(10.0)), seconds(10.0 + asked));
    }
    assert_eq!(
        cool_down_after(1, &failure(Kind::Unavailable).with_retry_after(Some(seconds(0.5))), 0.0),
        seconds(1.0)
    );
}

#[test]
fn a_refresh_ahead_pauses_longer() {
    for (failures, draw, pause) in [
        (1, 0.5, 30.0),
        (2, 0.5, 60.0),
        (3, 0.5, 120.0),
        (9, 0.5, 120.0),
        (1, 0.0, 15.0),
        (1, 1.0, 45.0),
        (3, 1.0, 180.0),
    ] {
        let mut pace = Pace::default();
        (0..failures).for_each(|_| pace.failed(seconds(50.0), &failure(Kind::Connect), draw));
        assert_eq!(pace.ahead(seconds(50.0)), seconds(50.0 + pause));
    }
    // A refusal cools down for longer than the shortest of these pauses.
    let mut pace = Pace::default();
    pace.failed(seconds(50.0), &failure(Kind::Rejected), 0.0);
    assert_eq!(pace.ahead(seconds(50.0)), seconds(80.0));
    pace.put_off(seconds(90.0));
    assert_eq!(pace.ahead(seconds(90.0)), seconds(120.0));

    // What could not begin was not sent.
    let mut pace = Pace::default();
    (0..BUDGET).for_each(|_| assert!(pace.take(seconds(1.0))));
    pace.put_off(seconds(1.0));
    assert!(pace.take(seconds(1.0)) && !pace.take(seconds(1.0)));
}

#[test]
fn success_and_a_new_secret_clear_everything_but_the_budget() {
    let mut pace = Pace::default();
    (0..BUDGET).for_each(|_| assert!(pace.take(seconds(1.0))));
    (0..5).for_each(|_| pace.failed(seconds(1.0), &failure(Kind::Rejected), 0.5));
    assert_eq!(pace.attempts(), 1);
    pace.begin_anew();
    assert_eq!((pace.attempts(), pace.failures), (ATTEMPTS, 0));
    assert!(matches!(pace.refusal(seconds(1.0)), Some(Refusal::Budget(_))));
    assert!(pace.refusal(seconds(61.0)).is_none());
    assert_eq!(pace.ahead(seconds(61.0)), seconds(61.0));
}

#[test]
fn the_budget_is_ten_in_any_minute() {
    let mut pace = Pace::default();
    (0..10).for_each(|index| assert!(pace.take(seconds(f64::from(index)))));
    let Some(Refusal::Budget(left)) = pace.refusal(seconds(20.0)) else { panic!() };
    assert_eq!(left, seconds(40.0));
    assert_eq!(pace.ahead(seconds(20.0)), seconds(60.0));
    assert!(!pace.take(seconds(59.9)));
    assert!(pace.take(seconds(60.0)));
    assert!(!pace.take(seconds(60.9)));
    assert!(pace.take(seconds(61.0)));
}

#[test]
fn what_is_to_be_remembered_and_for_how_long() {
    let mut pace = Pace::default();
    assert!(!pace.has_memory(seconds(0.0)));
    assert!(pace.take(seconds(1.0)) && pace.take(seconds(2.0)));
    assert!(pace.has_memory(seconds(61.9)) && !pace.has_memory(seconds(62.0)));
    pace.failed(seconds(100.0), &failure(Kind::Connect), 0.5);
    assert!(pace.has_memory(seconds(129.9)) && !pace.has_memory(seconds(130.0)));
}

#[test]
fn a_forced_refresh_and_a_look_have_their_time() {
    let mut pace = Pace::default();
    assert!(pace.may_force(seconds(5.0)));
    pace.forced(seconds(5.0));
    assert!(!pace.may_force(seconds(34.9)));
    assert!(pace.may_force(seconds(35.0)));
    assert!(pace.look(seconds(5.0)));
    assert!(!pace.look(seconds(5.9)));
    assert!(pace.look(seconds(6.0)));
}

#[test]
fn a_retry_is_for_what_may_pass_and_fits_the_deadline() {
    let busy = |wait| failure(Kind::Unavailable).with_retry_after(Some(seconds(wait)));
    for (error, attempts, left, draw, pause) in [
        (failure(Kind::Connect), 1, 10.0, 0.5, Some(0.1)),
        (failure(Kind::Connect), 1, 10.0, 0.0, Some(0.0)),
        (failure(Kind::Connect), 2, 10.0, 0.5, Some(0.2)),
        (failure(Kind::Connect), 3, 10.0, 0.5, None),
        (failure(Kind::Dns), 2, 10.0, 1.0, Some(0.4)),
        (failure(Kind::Proxy), 1, 10.0, 1.0, Some(0.2)),
        (failure(Kind::Connect), 1, 0.1, 0.5, None),
        (failure(Kind::Connect), 1, 0.11, 0.5, Some(0.1)),
        (busy(7.0), 1, 10.0, 0.5, Some(7.0)),
        (busy(7.0), 1, 7.0, 0.5, None),
        (busy(0.01), 1, 10.0, 0.5, Some(0.1)),
        (
            failure(Kind::Unavailable).with_oauth_error(Some("temporarily_unavailable".into())),
            1,
            10.0,
            0.5,
            None,
        ),
        (failure(Kind::Rejected), 1, 10.0, 0.5, None),
        (failure(Kind::Tls), 1, 10.0, 0.5, None),
        (failure(Kind::BadResponse), 1, 10.0, 0.5, None),
        (failure(Kind::Timeout), 1, 10.0, 0.5, None),
        (failure(Kind::Internal), 1, 10.0, 0.5, None),
    ] {
        assert_eq!(
            retry(&error, attempts, seconds(left), draw),
            pause.map(seconds),
            "{error:?} {attempts} {left}"
        );
    }
}

proptest! {
    #[test]
    fn no_minute_sees_more_than_its_budget(steps in prop::collection::vec(0u64..20_000, 1..200)) {
        let (mut pace, mut now, mut sent) = (Pace::default(), Duration::ZERO, Vec::new());
        for step in steps {
            now += Duration::from_millis(step);
            let is_refused = matches!(pace.refusal(now), Some(Refusal::Budget(_)));
            let was_taken = pace.take(now);
            prop_assert_eq!(is_refused, !was_taken);
            if was_taken {
                sent.push(now);
            }
        }
        prop_assert!(sent.windows(BUDGET + 1).all(|window| window[BUDGET] >= window[0] + WINDOW));
    }

    #[test]
    fn a_refusal_says_truly_how_long_it_lasts(failures in 1u32..50, draw in 0.0..1.0, kind in 0usize..11) {
        let kind = Kind::all().nth(kind).unwrap();
        let mut pace = Pace::default();
        (0..failures).for_each(|_| pace.failed(seconds(7.0), &failure(kind), draw));
        if let Some(Refusal::CoolDown(_, left)) = pace.refusal(seconds(7.0)) {
            prop_assert!(pace.refusal(seconds(7.0) + left).is_none());
            prop_assert!(left <= seconds(37.25));
            prop_assert!(pace.ahead(seconds(7.0)) >= seconds(7.0) + left);
        }
    }
}
