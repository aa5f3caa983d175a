//! Objects by number: one that was given back, that belongs to another type or that somebody made up finds nothing.
//!
//! A number holds the type of its object, the slot where that lies, and how often the slot was used before. Nothing here
//! waits for anybody, so a fork may happen at any instant; and who works with an object keeps it, whoever takes it out
//! meanwhile. Slots stay where they are and are used again, so a table is as large as it ever had to be at once.
#![forbid(unsafe_code)]

use once_cell::race::OnceBox;
use std::collections::TryReserveError;
use std::mem::swap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The low bits tell the type, which is never 0: no address that `malloc` gives is a number.
const TYPE_BITS: u32 = 3;
const TYPE: usize = (1 << TYPE_BITS) - 1;
/// Then comes the slot: 16 million objects of a type at once, or 65 thousand where addresses have 32 bits.
const INDEX_BITS: u32 = if usize::BITS < 64 { 16 } else { 24 };
const MOST: u32 = (1 << INDEX_BITS) - FIRST_SEGMENT as u32;
/// Then the uses of the slot, which begin again after 2^36, or after 2^12.
const USE: usize = 1 << (TYPE_BITS + INDEX_BITS);
/// The highest bit is always set: no address of a 64-bit program and no small integer is a number.
const MARK: usize = 1 << (usize::BITS - 1);

/// Each segment is twice as large as the one before.
const FIRST_SEGMENT: usize = 64;
const SEGMENTS: usize = (INDEX_BITS - FIRST_SEGMENT.ilog2()) as usize;

/// In the state of a slot: how many work with its object.
const USERS: u64 = LIVE - 1;
/// Whether the number of the object is good.
const LIVE: u64 = 1 << 24;
/// From here on, how often the slot was used before.
const USED: u64 = LIVE << 1;

struct Slot<T> {
    /// Who brings this to "not live, no users" has the slot for itself.
    state: AtomicU64,
    /// Locked by those who work with it, and never waited for. Nothing that may panic runs under its exclusive lock.
    object: RwLock<Option<Box<T>>>,
    /// While it is free: the slot that became free before it, counted from 1; else 0.
    below: AtomicU32,
}

/// Why there is no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The number is that of none.
    Dead,
    /// Another thread puts another object in its place, or works with the one that was to be replaced.
    Busy,
}

/// The objects of one type.
pub struct Table<T> {
    own_type: usize,
    most: u32,
    segments: [OnceBox<Vec<Slot<T>>>; SEGMENTS],
    /// How many slots were ever used.
    used: AtomicU32,
    /// The slot that became free last, counted from 1, and above it how often this was changed: else a thread that
    /// pauses would put back what it saw before.
    free: AtomicU64,
}

impl<T> Table<T> {
    /// An empty table; each type has a number of its own, from 1 to 7.
    pub const fn new(own_type: usize) -> Table<T> {
        Table::with_room(own_type, MOST)
    }

    const fn with_room(own_type: usize, most: u32) -> Table<T> {
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
        let (index, slot) = self.last_freed().or_else(|| self.never_used())?;
        *slot.object.try_write().ok()? = Some(Box::new(object));
        let uses = slot.state.fetch_or(LIVE, Ordering::Release) / USED;
        Some(MARK + uses as usize * USE + (index << TYPE_BITS) + self.own_type)
    }

    /// Works with the object of a number.
    pub fn with<R>(&self, number: usize, work: impl FnOnce(&T) -> R) -> Result<R, Refusal> {
        let visit = self.visit(number)?;
        let object = visit.slot.object.try_read().map_err(|_| Refusal::Busy)?;
        object.as_deref().map(work).ok_or(Refusal::Dead)
    }

    /// Puts another object in the place of the one of a number.
    pub fn replace(&self, number: usize, object: T) -> Result<(), Refusal> {
        let visit = self.visit(number)?;
        let mut new = Some(Box::new(object));
        swap(&mut *visit.slot.object.try_write().map_err(|_| Refusal::Busy)?, &mut new);
        Ok(())
    }

    /// Drops the object of a number, or has the last who works with it do so. Of all who ask for it, one does it.
    pub fn remove(&self, number: usize) -> Option<()> {
        let (index, slot, live) = self.find(number)?;
        let dead = |state| (state & !USERS == live).then_some(state & !LIVE);
        let state = slot.state.fetch_update(Ordering::AcqRel, Ordering::Relaxed, dead).ok()?;
        if state & USERS == 0 {
            self.end(index, slot);
        }
        Some(())
    }

    fn visit(&self, number: usize) -> Result<Visit<'_, T>, Refusal> {
        let (index, slot, live) = self.find(number).ok_or(Refusal::Dead)?;
        let visited = |state| (state & !USERS == live && state & USERS < USERS).then_some(state + 1);
        match slot.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, visited) {
            Ok(_) => Ok(Visit { table: self, index, slot }),
            Err(state) if state & !USERS == live => Err(Refusal::Busy),
            Err(_) => Err(Refusal::Dead),
        }
    }

    /// The slot of a number, and the state that it has while the number is good and nobody works with its object.
    fn find(&self, number: usize) -> Option<(usize, &Slot<T>, u64)> {
        let index = number >> TYPE_BITS & ((1 << INDEX_BITS) - 1);
        let uses = (number & !MARK) / USE;
        let is_ours = number & (MARK | TYPE) == MARK + self.own_type;
        self.slot(index).filter(|_| is_ours).map(|slot| (index, slot, uses as u64 * USED + LIVE))
    }

    /// Empties a slot that is the caller's alone, and lets it be used again.
    fn end(&self, index: usize, slot: &Slot<T>) {
        let object = slot.object.try_write().ok().and_then(|mut object| object.take());
        let uses = (slot.state.load(Ordering::Relaxed) / USED + 1) % (MARK / USE) as u64;
        slot.state.store(uses * USED, Ordering::Relaxed);
        self.put_back(index, slot);
        drop(object);
    }

    fn slot(&self, index: usize) -> Option<&Slot<T>> {
        let (segment, offset) = place(index);
        self.segments.get(segment)?.get()?.get(offset)
    }

    fn last_freed(&self) -> Option<(usize, &Slot<T>)> {
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

    fn put_back(&self, index: usize, slot: &Slot<T>) {
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

    fn never_used(&self) -> Option<(usize, &Slot<T>)> {
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
    fn segment(&self, segment: usize) -> Option<&Vec<Slot<T>>> {
        let made = self.segments.get(segment)?.get_or_try_init(|| {
            let size = FIRST_SEGMENT << segment;
            let mut slots = Vec::new();
            slots.try_reserve_exact(size)?;
            slots.resize_with(size, || Slot { state: 0.into(), object: None.into(), below: 0.into() });
            Ok::<_, TryReserveError>(Box::new(slots))
        });
        made.ok()
    }
}

/// Somebody's work with an object, to be counted out even after a panic.
struct Visit<'a, T> {
    table: &'a Table<T>,
    index: usize,
    slot: &'a Slot<T>,
}

impl<T> Drop for Visit<'_, T> {
    fn drop(&mut self) {
        let state = self.slot.state.fetch_sub(1, Ordering::AcqRel);
        if state & (LIVE | USERS) == 1 {
            self.table.end(self.index, self.slot);
        }
    }
}

/// The segment of a slot, and the place in it.
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
