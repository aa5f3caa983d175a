//! Objects by number: one that was given back, that belongs to another type or that somebody made up finds nothing.
//!
//! A number holds the type of its object, the slot where that lies, and how often the slot was used before. Nothing here
//! waits for anybody, so a fork may happen at any instant; and who works with an object keeps it, whoever takes it out
//! meanwhile. Threads that work with the same object write to no common memory. Slots stay where they are and are used
//! again, so a table is as large as it ever had to be at once.
#![deny(unsafe_code)]

#[allow(unsafe_code, reason = "who may look at an object and who may take it out, in one place")]
mod place;
#[cfg(windows)]
mod staying;

use once_cell::race::OnceBox;
use place::{LIVE, Place};
use std::collections::TryReserveError;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// The low bits tell the type, which is never 0: no address that `malloc` gives is a number.
const TYPE_BITS: u32 = 3;
const TYPE: usize = (1 << TYPE_BITS) - 1;
/// Then comes the slot: 16 million objects of a type at once, or 65 thousand where addresses have 32 bits.
const INDEX_BITS: u32 = if usize::BITS < 64 { 16 } else { 24 };
const MOST: u32 = (1 << INDEX_BITS) - FIRST_SEGMENT as u32;
/// Then the uses of the slot, which begin again after 2^36, or after 2^12.
const USE: usize = 1 << (TYPE_BITS + INDEX_BITS);
/// The highest bit is always set: no address of a 64-bit program and no small integer is a number.
const MARK: usize = LIVE;

/// Each segment is twice as large as the one before.
const FIRST_SEGMENT: usize = 64;
/// As many as any index that a number can name asks for: the last one is never made.
const SEGMENTS: usize = (INDEX_BITS - FIRST_SEGMENT.ilog2()) as usize + 1;

struct Slot<T, B> {
    place: Place<T, B>,
    /// How often it was used before; written by who has the empty slot for itself.
    uses: AtomicUsize,
    /// While it is free: the slot that became free before it, counted from 1; else 0.
    below: AtomicU32,
}

/// The objects of one type. Beside each lies what can be looked at without a count, since it is never dropped: the next
/// object in the slot has it too.
pub struct Table<T, B = ()> {
    own_type: usize,
    most: u32,
    segments: [OnceBox<Vec<Slot<T, B>>>; SEGMENTS],
    /// How many slots were ever used.
    used: AtomicU32,
    /// The slot that became free last, counted from 1, and above it how often this was changed: else a thread that
    /// pauses would put back what it saw before.
    free: AtomicU64,
}

impl<T, B: Default> Table<T, B> {
    /// An empty table; each type has a number of its own, from 1 to 7.
    pub const fn new(own_type: usize) -> Table<T, B> {
        Table::with_room(own_type, MOST)
    }

    const fn with_room(own_type: usize, most: u32) -> Table<T, B> {
        assert!(0 < own_type && own_type <= TYPE && most <= MOST);
        Table {
            own_type,
            most,
            segments: [const { OnceBox::new() }; SEGMENTS],
            used: AtomicU32::new(0),
            free: AtomicU64::new(0),
        }
    }

    /// Puts an object in and gives its number; `None` where there is no room.
    pub fn insert(&self, object: T) -> Option<usize> {
        self.insert_furnished(object, |_, _| ())
    }

    /// As [`Table::insert`]; `furnish` sets what stands beside the object, before anybody finds it there.
    pub fn insert_furnished(&self, object: T, furnish: impl FnOnce(&T, &B)) -> Option<usize> {
        #[cfg(windows)]
        staying::stay_loaded();
        let (index, slot) = self.last_freed().or_else(|| self.never_used())?;
        let number = MARK + slot.uses.load(Ordering::Relaxed) * USE + (index << TYPE_BITS) + self.own_type;
        slot.place.put(number, Box::new(object), furnish).map(|()| number)
    }

    /// Works with the object of a number; `None` for a number that is that of none.
    #[inline]
    pub fn with<R>(&self, number: usize, work: impl FnOnce(&T) -> R) -> Option<R> {
        let (index, slot) = self.find(number)?;
        let visit = slot.place.visit(number, |object| self.put_back(index, slot, object));
        visit.object().map(work)
    }

    /// What `get` finds beside the object of a number; `None` for a number that is that of none. The object was there after
    /// `get` had looked, and may end at any time after that; who works with it may let `get` change what lies there.
    #[inline]
    pub fn beside<R>(&self, number: usize, get: impl FnOnce(&B) -> R) -> Option<R> {
        let (_, slot) = self.find(number)?;
        // Looked at first: what stands there when the number is no more is that of another one.
        let found = get(&slot.place.beside);
        slot.place.holds(number).then_some(found)
    }

    /// Drops the object of a number, or has the last who works with it do so. Of all who ask for it, one does it.
    pub fn remove(&self, number: usize) -> Option<()> {
        let (index, slot) = self.find(number)?;
        if let Some(object) = slot.place.end(number)? {
            self.put_back(index, slot, object);
        }
        Some(())
    }

    /// The slot of what may be a number: it is one if that holds it.
    #[inline]
    fn find(&self, number: usize) -> Option<(usize, &Slot<T, B>)> {
        if number & MARK == 0 {
            return None;
        }
        let index = number >> TYPE_BITS & ((1 << INDEX_BITS) - 1);
        self.slot(index).map(|slot| (index, slot))
    }

    /// Lets a slot be used again, and drops what was in it.
    #[inline(never)]
    fn put_back(&self, index: usize, slot: &Slot<T, B>, object: Box<T>) {
        let uses = (slot.uses.load(Ordering::Relaxed) + 1) % (MARK / USE);
        slot.uses.store(uses, Ordering::Relaxed);
        self.push(index, slot);
        drop(object);
    }

    #[inline]
    fn slot(&self, index: usize) -> Option<&Slot<T, B>> {
        let (segment, offset) = place(index);
        self.segments.get(segment)?.get()?.get(offset)
    }

    fn last_freed(&self) -> Option<(usize, &Slot<T, B>)> {
        let mut seen = self.free.load(Ordering::Acquire);
        loop {
            let index = (seen as u32).checked_sub(1)? as usize;
            let slot = self.slot(index)?;
            let below = changed(seen, slot.below.load(Ordering::Relaxed));
            match self.free.compare_exchange_weak(seen, below, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some((index, slot)),
                Err(other) => seen = other,
            }
        }
    }

    fn push(&self, index: usize, slot: &Slot<T, B>) {
        let mut seen = self.free.load(Ordering::Relaxed);
        loop {
            slot.below.store(seen as u32, Ordering::Relaxed);
            let now = changed(seen, index as u32 + 1);
            match self.free.compare_exchange_weak(seen, now, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    fn never_used(&self) -> Option<(usize, &Slot<T, B>)> {
        let mut used = self.used.load(Ordering::Relaxed);
        while used < self.most {
            let (segment, offset) = place(used as usize);
            let slot = self.segment(segment)?.get(offset)?;
            match self.used.compare_exchange_weak(used, used + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some((used as usize, slot)),
                Err(other) => used = other,
            }
        }
        None
    }

    /// `None` where the memory has ended. Two threads may both make it; one of them is used.
    fn segment(&self, segment: usize) -> Option<&Vec<Slot<T, B>>> {
        let made = self.segments.get(segment)?.get_or_try_init(|| {
            let size = FIRST_SEGMENT << segment;
            let mut slots = Vec::new();
            slots.try_reserve_exact(size)?;
            slots.resize_with(size, || Slot { place: Place::default(), uses: 0.into(), below: 0.into() });
            Ok::<_, TryReserveError>(Box::new(slots))
        });
        made.ok()
    }
}

/// The segment of a slot, and the place in it.
#[inline]
fn place(index: usize) -> (usize, usize) {
    let counted = index + FIRST_SEGMENT;
    let segment = (counted.ilog2() - FIRST_SEGMENT.ilog2()) as usize;
    (segment, counted - (FIRST_SEGMENT << segment))
}

/// The head of the free slots after one more change.
fn changed(seen: u64, head: u32) -> u64 {
    ((seen >> 32) + 1) << 32 | u64::from(head)
}

#[cfg(test)]
mod tests;
