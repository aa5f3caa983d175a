//! Where any thread copies the token at hand without a lock, a count or a wait: a copy is good if nothing changed meanwhile.

use crate::clock::Clock;
use crate::lease::Lease;
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
    /// Of the engine, copies from here among them.
    pub hits: Hits,
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
        self.hits.clear();
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

    /// Copies the token that is shown, and a NUL, and counts the call. Gives its length; `None` where nothing is shown by the
    /// clock of the engine, or the room is too small: then nothing is left in it either.
    // With what it calls: each call more would be a tenth of it.
    #[inline(always)]
    pub fn copy(&self, into: &mut [MaybeUninit<u8>], clock: &impl Clock) -> Option<usize> {
        let stamp = self.stamp.load(Ordering::Acquire);
        let page = self.shown.get()?;
        if page.head.stamp.load(Ordering::Acquire) != stamp || !page.head.lease.stands(clock) {
            return None;
        }
        let length = page.copy(into)?;
        if self.stamp.load(Ordering::Relaxed) != stamp {
            into.iter_mut().take(length).for_each(Zeroize::zeroize);
            return None;
        }
        self.hits.add(1);
        Some(length)
    }
}
