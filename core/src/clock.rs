//! The one place that reads time, the one primitive that waits, and the one that works beside the callers.

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Condvar, Mutex, lock};
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// One look at both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Time since an arbitrary start; goes on during suspend where the system has such a clock.
    pub boot: Duration,
    /// The wall clock, which people and NTP set.
    pub wall: SystemTime,
}

impl Reading {
    /// How long ago `earlier` was: the larger of both clocks' differences, so that neither a suspend that
    /// one clock misses nor a step backwards of the other makes a token look younger than it is.
    pub fn since(&self, earlier: &Reading) -> Duration {
        let boot = self.boot.saturating_sub(earlier.boot);
        let wall = self.wall.duration_since(earlier.wall).unwrap_or(Duration::ZERO);
        boot.max(wall)
    }
}

/// Both clocks as they stood some milliseconds ago at most: nanoseconds since any beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// May stand still during a suspend.
    pub awake: u64,
    /// The wall clock.
    pub wall: u64,
}

/// A time in nanoseconds, as atomics hold it.
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Work for a thread of its own.
pub type Work = Box<dyn FnOnce() + Send>;

/// Where time comes from. Tests put their own in its place; it starts threads too, because whoever moves time has to
/// know whom it moves.
pub trait Clock: Send + Sync {
    /// Both clocks, now.
    fn now(&self) -> Reading;

    /// A glance at both, where that costs a fraction of reading them.
    fn glance(&self) -> Option<Glance> {
        None
    }

    /// The wall clock as a glance shows it, where that costs half.
    fn wall(&self) -> Option<u64> {
        self.glance().map(|glance| glance.wall)
    }

    /// Waits until `flag` is set or the boot clock reaches `until`; true when the flag is set.
    fn wait(&self, flag: &Flag, until: Duration) -> bool;

    /// Lets time pass until the boot clock reaches `until`.
    fn sleep(&self, until: Duration) {
        self.wait(&Flag::default(), until);
    }

    /// Starts a short-lived thread.
    ///
    /// # Errors
    /// The system's refusal; `work` is dropped then.
    fn spawn(&self, work: Work) -> io::Result<()> {
        spawn(work)
    }
}

fn spawn(work: Work) -> io::Result<()> {
    std::thread::Builder::new().name("xilnex-auth".into()).spawn(work).map(drop)
}

/// A flag that is set once and that any number of threads can wait for. A clone is the same flag.
#[derive(Clone, Default)]
pub struct Flag {
    signal: Arc<Signal>,
    /// Whoever waits by this clone goes when this is set.
    exit: Option<Arc<AtomicBool>>,
}

#[derive(Default)]
struct Signal {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Flag {
    /// The same flag for those who stop waiting when `exit` is set: it counts as set for them then. Whoever sets it calls
    /// [`Flag::stir`] after that.
    pub(crate) fn or(&self, exit: &Arc<AtomicBool>) -> Flag {
        Flag { signal: self.signal.clone(), exit: Some(exit.clone()) }
    }

    /// Sets the flag and wakes everybody.
    pub fn set(&self) {
        *lock(&self.signal.is_set) = true;
        self.signal.changed.notify_all();
    }

    /// Has everybody look whether to go on waiting.
    pub(crate) fn stir(&self) {
        // Under the lock: whoever has looked already waits by now, and hears it.
        let _is_set = lock(&self.signal.is_set);
        self.signal.changed.notify_all();
    }

    /// Whether the flag is set.
    pub fn is_set(&self) -> bool {
        self.ends(*lock(&self.signal.is_set))
    }

    /// Waits at most this long in real time; true when the flag is set.
    pub fn wait_for(&self, at_most: Duration) -> bool {
        let is_set = lock(&self.signal.is_set);
        if self.ends(*is_set) {
            return true;
        }
        // A wake-up without the flag is harmless: every caller looks at its own deadline again.
        let waited = self.signal.changed.wait_timeout(is_set, at_most);
        let (is_set, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.ends(*is_set)
    }

    fn ends(&self, is_set: bool) -> bool {
        is_set || self.exit.as_ref().is_some_and(|exit| exit.load(Ordering::SeqCst))
    }
}

/// A sleep that was begun before a suspend goes on after it for at most this long.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Reading {
        Reading { boot: boot(), wall: SystemTime::now() }
    }

    fn glance(&self) -> Option<Glance> {
        Some(Glance { awake: awake()?, wall: wall()? })
    }

    #[inline]
    fn wall(&self) -> Option<u64> {
        wall()
    }

    fn wait(&self, flag: &Flag, until: Duration) -> bool {
        anchor();
        loop {
            let left = until.saturating_sub(boot());
            if left.is_zero() {
                return flag.is_set();
            }
            // In slices, because a suspend stops the clock that a sleep counts by.
            if flag.wait_for(left.min(LONGEST_SLEEP)) {
                return true;
            }
        }
    }

    fn spawn(&self, work: Work) -> io::Result<()> {
        anchor();
        spawn(work)
    }
}

/// The first half of a [`Glance`]; none where a sandbox refuses it.
#[cfg(target_os = "linux")]
#[inline]
fn awake() -> Option<u64> {
    coarse(rustix::time::ClockId::MonotonicCoarse)
}

/// The second half of a [`Glance`].
#[cfg(target_os = "linux")]
#[inline]
fn wall() -> Option<u64> {
    coarse(rustix::time::ClockId::RealtimeCoarse)
}

/// Before 1970 too: only differences count.
#[cfg(target_os = "linux")]
#[inline]
fn coarse(clock: rustix::time::ClockId) -> Option<u64> {
    use rustix::time::{DynamicClockId, clock_gettime_dynamic};
    let time = clock_gettime_dynamic(DynamicClockId::Known(clock)).ok()?;
    Some((time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64))
}

// The ticks of Windows are a clock of the kind; elsewhere none is promised, and a lease saves the rest of the look.
#[cfg(not(target_os = "linux"))]
fn awake() -> Option<u64> {
    Some(nanos(boot()))
}

/// As the last tick left it in the page that Windows shares with each process. The exact one shows no time twice, so that
/// nothing would ever have been seen in the same tick.
#[cfg(windows)]
#[inline]
fn wall() -> Option<u64> {
    Some(since_1970(winsafe::GetSystemTimeAsFileTime().into()))
}

/// The nanoseconds of a time in steps of 100 since 1601. Before 1970 too: only differences count.
#[cfg(any(windows, test))]
fn since_1970(steps: u64) -> u64 {
    const BETWEEN: u64 = 134_774 * 86_400 * 10_000_000;
    steps.wrapping_sub(BETWEEN).wrapping_mul(100)
}

#[cfg(not(any(target_os = "linux", windows)))]
fn wall() -> Option<u64> {
    Some(nanos(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()))
}

/// CLOCK_BOOTTIME counts suspend, as the ticks of Windows do; where the kernel or a sandbox refuses it, the monotonic clock
/// has to do, and goes on from where the other one was: a sandbox may be entered in the middle of a pause.
fn boot() -> Duration {
    boottime().unwrap_or_else(monotonic)
}

#[cfg(target_os = "linux")]
fn boottime() -> Option<Duration> {
    use rustix::time::{DynamicClockId, clock_gettime_dynamic};
    sensible(clock_gettime_dynamic(DynamicClockId::Boottime).ok()?)
}

#[cfg(target_os = "linux")]
fn sensible(time: rustix::time::Timespec) -> Option<Duration> {
    let nanoseconds = u32::try_from(time.tv_nsec).ok().filter(|nanoseconds| *nanoseconds < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, nanoseconds))
}

/// On every Windows since Vista, in steps of 10 to 16 ms. Of the finer clocks, Windows 7 has only one that stops during a
/// suspend, and one of which nobody promises that it goes on.
#[cfg(windows)]
fn boottime() -> Option<Duration> {
    Some(Duration::from_millis(winsafe::GetTickCount64()))
}

#[cfg(not(any(target_os = "linux", windows)))]
fn boottime() -> Option<Duration> {
    None
}

fn monotonic() -> Duration {
    let (start, boot) = anchor();
    *boot + start.elapsed()
}

/// Where the two clocks met. Whoever begins what outlasts a moment looks at it first.
fn anchor() -> &'static (Instant, Duration) {
    static ANCHOR: once_cell::race::OnceBox<(Instant, Duration)> = once_cell::race::OnceBox::new();
    ANCHOR.get_or_init(|| Box::new((Instant::now(), boottime().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn reading(boot: u64, wall: u64) -> Reading {
        Reading { boot: Duration::from_secs(boot), wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall) }
    }

    #[test]
    fn age_is_the_larger_difference() {
        let sent = reading(100, 1_000_000);
        for (now, age) in [
            (reading(110, 1_000_010), 10),
            (reading(110, 1_003_610), 3610), // the boot clock stood still during a suspend
            (reading(110, 990_000), 10),     // the wall clock was set back
            (reading(90, 990_000), 0),       // both went back: no panic, no negative age
        ] {
            assert_eq!(now.since(&sent), Duration::from_secs(age));
        }
    }

    proptest! {
        #[test]
        // The wall clock of Windows ends within 1 << 40.
        fn age_never_shrinks_when_one_clock_steps_back(boot in 0u64..1 << 40, wall in 0u64..1 << 39, step in 0u64..1 << 40) {
            let sent = reading(boot, wall);
            let stepped = reading(boot + 60, wall.saturating_sub(step));
            prop_assert!(stepped.since(&sent) >= Duration::from_secs(60));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_boot_time_that_makes_no_sense_is_none() {
        use rustix::time::Timespec;
        let told = |tv_sec, tv_nsec| sensible(Timespec { tv_sec, tv_nsec });
        assert_eq!(told(7, 5), Some(Duration::new(7, 5)));
        for (tv_sec, tv_nsec) in [(-1, 0), (i64::MAX, 1_000_000_000), (0, -1)] {
            assert_eq!(told(tv_sec, tv_nsec), None);
        }
    }

    #[test]
    fn a_time_of_windows_is_told_since_1970() {
        for (steps, nanoseconds) in [
            (116_444_736_000_000_000, 0),
            (116_444_736_000_000_001, 100),
            (116_444_735_999_999_999, 0u64.wrapping_sub(100)),
            (133_801_632_000_000_000, 1_735_689_600_000_000_000), // 2025 began
        ] {
            assert_eq!(since_1970(steps), nanoseconds, "{steps}");
        }
    }

    #[test]
    fn a_glance_shows_the_wall_clock_of_a_moment_ago() {
        let exact = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map(nanos).unwrap();
        let (glance, wall) = (SystemClock.glance().unwrap(), SystemClock.wall().unwrap());
        for shown in [glance.wall, wall] {
            assert!(shown.abs_diff(exact) < 1_000_000_000, "{shown} {exact}");
        }
    }

    #[test]
    fn the_monotonic_clock_goes_on_where_the_boot_clock_was() {
        let (boot, monotonic) = (boot(), monotonic());
        let apart = boot.abs_diff(monotonic);
        assert!(apart < Duration::from_secs(1), "{boot:?} {monotonic:?}");
        std::thread::sleep(Duration::from_millis(2));
        assert!(super::monotonic() - monotonic >= Duration::from_millis(2));
    }

    proptest! {
        #[test]
        fn no_wall_clock_panics_and_both_ends_of_time_have_an_age(
            sent in any::<i64>(), now in any::<i64>(), boot in any::<u64>(), later in any::<u64>(),
        ) {
            // From 292 million years before 1970 to as many after it, or as far as the system's clock goes.
            let wall = |millis: i64| {
                let length = Duration::from_millis(millis.unsigned_abs());
                let epoch = SystemTime::UNIX_EPOCH;
                let moved = if millis < 0 { epoch.checked_sub(length) } else { epoch.checked_add(length) };
                moved.unwrap_or(epoch)
            };
            let at = |boot, wall_at| Reading { boot: Duration::from_nanos(boot), wall: wall(wall_at) };
            let (first, second) = (at(boot, sent), at(later, now));
            let age = second.since(&first);
            prop_assert!(age >= Duration::from_nanos(later.saturating_sub(boot)));
            prop_assert!(wall(now).duration_since(wall(sent)).is_ok_and(|wall| age >= wall) || now <= sent || wall(now) <= wall(sent));
            let token = crate::token::AccessToken::new(
                zeroize::Zeroizing::new("t".into()),
                None,
                first,
                crate::lifetime::Lifetime::new(Duration::from_secs(3600), 0.5),
            );
            let latest = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
            prop_assert!(token.expires_at() >= first.wall.min(latest));
            prop_assert!(token.left(&second) <= Duration::from_secs(3600));
            let skew = crate::skew::measure(first.wall, &first, &second);
            prop_assert!(!crate::skew::sentence(skew).is_empty());
        }
    }

    #[test]
    fn waiting_ends_at_the_flag_and_at_the_deadline() {
        let clock = SystemClock;
        let flag = Arc::new(Flag::default());
        let soon = clock.now().boot + Duration::from_millis(5);
        assert!(!clock.wait(&flag, soon));
        let setter = flag.clone();
        let thread = std::thread::spawn(move || setter.set());
        assert!(clock.wait(&flag, clock.now().boot + Duration::from_secs(30)));
        thread.join().unwrap();
    }

    #[test]
    fn the_boot_clock_moves() {
        let before = SystemClock.now();
        std::thread::sleep(Duration::from_millis(2));
        assert!(SystemClock.now().since(&before) >= Duration::from_millis(2));
    }
}
