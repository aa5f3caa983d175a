//! Where any thread copies the token at hand without a lock, a count or a wait: a copy is good if nothing changed meanwhile.

use crate::clock::Clock;
use crate::lease::{self, Lease};
use crate::stats::Hits;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU64, Ordering};
use xilnex_auth_lasting::{Page, Signpost, Stock};
use zeroize::Zeroize;

/// The last stamp that was given. No stamp is given twice in a process, so what is marked by one is what it was marked for.
static LAST_STAMP: AtomicU64 = AtomicU64::new(0);

/// Windows of engines that are gone.
static FREE: Stock<Window> = Stock::new();

/// What stands beside the text of a token that is shown.
#[derive(Default)]
pub struct Shown {
    /// Of the window, for which it was the token at hand.
    stamp: AtomicU64,
    lease: Lease,
}

/// Of an engine, which closes it whenever its token, or what is to be done about that, changes. Stays for ever.
pub struct Window {
    stamp: AtomicU64,
    shown: Signpost<Page<Shown>>,
    /// Of all engines that ever had it, copies from here among them. Never set back: a call of an engine that has gone may
    /// be counted late.
    pub(crate) hits: Hits,
}

/// A window as it stood at a look.
pub struct Seen {
    window: &'static Window,
    stamp: u64,
}

impl Window {
    /// A closed one for an engine that begins.
    pub(crate) fn of_an_engine() -> &'static Window {
        FREE.take(|_| true).unwrap_or_else(|| {
            let window =
                Window { stamp: AtomicU64::default(), shown: Signpost::default(), hits: Hits::default() };
            window.close();
            Box::leak(Box::new(window))
        })
    }

    /// The engine is gone.
    pub(crate) fn give_back(&'static self) {
        self.close();
        FREE.put(self);
    }

    /// Another one after each change: what was true when it was the same is true still.
    #[inline]
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::SeqCst)
    }

    /// What was shown is not any more. A text that is dropped after this is never taken for one that was there.
    pub(crate) fn close(&self) {
        self.stamp.store(LAST_STAMP.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    }

    /// Shows the text of a token that was at hand after the stamp was read, and that somebody keeps meanwhile; for this
    /// lease. If anything has changed since, nothing is shown.
    pub(crate) fn show(&self, stamp: u64, page: &'static Page<Shown>, lease: &Lease) {
        page.head.lease.set(lease);
        page.head.stamp.store(stamp, Ordering::Release);
        self.shown.set(Some(page));
    }

    #[cold]
    fn look_again(&self, clock: &impl Clock) {
        self.shown.get().inspect(|page| page.head.lease.look_again(clock));
    }

    /// A look at it. Whoever knows after this that the engine is still there may copy what is shown by it, whatever happens
    /// meanwhile.
    #[inline]
    pub fn seen(&'static self) -> Seen {
        Seen { window: self, stamp: self.stamp.load(Ordering::Acquire) }
    }
}

impl Seen {
    /// Copies the token that is shown, and a NUL, and counts the call. Gives its length; `None` where nothing is shown by the
    /// clock of the engine, where that ended since the look, or where the room is too small. There are zeros in the room
    /// then, if anything.
    // With what it calls: each call more would be a tenth of it.
    #[inline(always)]
    pub fn copy(&self, into: &mut [MaybeUninit<u8>], clock: &impl Clock) -> Option<usize> {
        let page = self.window.shown.get()?;
        if page.head.stamp.load(Ordering::Acquire) != self.stamp || !page.head.lease.stands(clock) {
            return None;
        }
        let length = page.copy(into)?;
        if self.window.stamp.load(Ordering::Relaxed) != self.stamp {
            into.iter_mut().take(length).for_each(Zeroize::zeroize);
            return None;
        }
        if lease::is_due(self.window.hits.add(1)) {
            self.window.look_again(clock);
        }
        Some(length)
    }
}
