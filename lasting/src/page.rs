//! Texts in memory that core files leave out, and that is another text's when it is not this one's any more.

use crate::stock::Stock;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use zeroize::Zeroize;

/// What pages have room for: most tokens, and the longest header. A page is used again for texts of its size alone, so there
/// are never more of a size than were in use at once.
const SIZES: [usize; 2] = [2 * 1024, 20 * 1024];

/// Of so many that are free the system keeps the memory too: to get it costs more than to fill it.
const KEPT: usize = 8;

/// The memory of one text at a time, with what its users write down beside it.
pub struct Page<H> {
    /// Of the text that lies here now, as whoever wrote it says.
    pub head: H,
    start: *mut u8,
    capacity: usize,
    length: AtomicUsize,
    memory: Memory,
}

// SAFETY: the memory is the page's own and never freed; its bytes are written by the owner of the text alone, and read by
// others by what `copy` says.
unsafe impl<H: Send> Send for Page<H> {}
// SAFETY: as above.
unsafe impl<H: Sync> Sync for Page<H> {}

impl<H> Page<H> {
    /// Copies the text that lies here and a NUL; gives its length, or `None` where there is no room for both.
    ///
    /// Whoever does not own the text may get bytes of several texts, or zeros, and has to find out by other means whether it
    /// was still there when it was copied; the fence that this wants is made here.
    #[inline]
    pub fn copy(&self, into: &mut [MaybeUninit<u8>]) -> Option<usize> {
        let length = self.length.load(Ordering::Relaxed);
        let (room, end) = into.split_at_mut_checked(length)?;
        end.first_mut()?.write(0);
        // SAFETY: no length is larger than the memory here, which stays; the room is the caller's.
        unsafe { memcpy(room.as_mut_ptr().cast(), self.start.cast(), length) };
        fence(Ordering::Acquire);
        Some(length)
    }
}

// What Rust copies itself must not change meanwhile. The system's function reads what is there, whatever that is; by the
// letter that is a race with who writes it, and what comes of it is thrown away.
unsafe extern "C" {
    fn memcpy(to: *mut c_void, from: *const c_void, size: usize) -> *mut c_void;
}

/// Free pages of one size.
struct Shelf<H: 'static> {
    /// Those whose memory is there: these go first.
    ready: Stock<Page<H>>,
    resting: Stock<Page<H>>,
}

impl<H> Shelf<H> {
    const fn new() -> Shelf<H> {
        Shelf { ready: Stock::new(), resting: Stock::new() }
    }

    fn take(&self, length: usize) -> Option<&'static Page<H>> {
        let fits = |page: &Page<H>| page.capacity >= length;
        self.ready.take(fits).or_else(|| self.resting.take(fits))
    }

    fn put(&self, page: &'static Page<H>) {
        if self.ready.count() < KEPT {
            return self.ready.put(page);
        }
        // Before it is another's.
        page.memory.rest();
        self.resting.put(page);
    }
}

/// Where pages come from and go to, by their sizes; the last is that of texts which are longer than all of them.
/// Thread-safe.
pub struct Pool<H: 'static>([Shelf<H>; SIZES.len() + 1]);

impl<H> Default for Pool<H> {
    fn default() -> Pool<H> {
        Pool::new()
    }
}

impl<H> Pool<H> {
    /// No page yet.
    pub const fn new() -> Pool<H> {
        Pool([const { Shelf::new() }; SIZES.len() + 1])
    }

    fn shelf(&self, length: usize) -> &Shelf<H> {
        &self.0[SIZES.iter().filter(|size| **size < length).count()]
    }
}

impl<H: Default + Sync> Pool<H> {
    /// Copies a text to a page of its own.
    pub fn text(&'static self, text: &[u8]) -> Text<H> {
        let page = self.shelf(text.len()).take(text.len()).unwrap_or_else(|| {
            let size = SIZES.into_iter().find(|size| *size >= text.len());
            Box::leak(Box::new(Page::new(size.unwrap_or(text.len()))))
        });
        // Whoever copies a byte of what follows finds out all that was told before it.
        fence(Ordering::Release);
        // SAFETY: large enough, and nobody else's.
        unsafe { page.start.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
        page.length.store(text.len(), Ordering::Relaxed);
        Text { page, pool: self }
    }
}

impl<H: Default> Page<H> {
    fn new(capacity: usize) -> Page<H> {
        let memory = Memory::new(capacity);
        Page { head: H::default(), start: memory.start(), capacity, length: AtomicUsize::new(0), memory }
    }
}

/// What a page lies on; where the system gives no mapping, on the heap.
enum Memory {
    #[cfg(target_os = "linux")]
    Mapping(memmap2::MmapRaw),
    Heap(*mut u8),
}

impl Memory {
    fn new(capacity: usize) -> Memory {
        #[cfg(target_os = "linux")]
        if let Ok(mapping) = memmap2::MmapMut::map_anon(capacity)
            && mapping.advise(memmap2::Advice::DontDump).is_ok()
        {
            return Memory::Mapping(mapping.into());
        }
        Memory::Heap(Box::leak(vec![0; capacity].into_boxed_slice()).as_mut_ptr())
    }

    fn start(&self) -> *mut u8 {
        match self {
            #[cfg(target_os = "linux")]
            Memory::Mapping(mapping) => mapping.as_mut_ptr(),
            Memory::Heap(start) => *start,
        }
    }

    /// Gives the memory back to the system, but not its place; it is all zero then.
    fn rest(&self) {
        #[cfg(target_os = "linux")]
        if let Memory::Mapping(mapping) = self {
            // SAFETY: nobody owns a text there, and who reads there is told nothing about what it gets. At worst it stays.
            let _ = unsafe { mapping.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
    }
}

/// A text that lies on a page: overwritten when it is dropped, and the page is another's then.
pub struct Text<H: Default + Sync + 'static> {
    page: &'static Page<H>,
    pool: &'static Pool<H>,
}

impl<H: Default + Sync> Text<H> {
    /// The page that it lies on.
    pub fn page(&self) -> &'static Page<H> {
        self.page
    }
}

impl<H: Default + Sync> AsRef<[u8]> for Text<H> {
    fn as_ref(&self) -> &[u8] {
        let length = self.page.length.load(Ordering::Relaxed);
        // SAFETY: written when the text was made, and by nobody else as long as that is there.
        unsafe { std::slice::from_raw_parts(self.page.start, length) }
    }
}

impl<H: Default + Sync> Drop for Text<H> {
    fn drop(&mut self) {
        let length = self.page.length.load(Ordering::Relaxed);
        // As before it was written.
        fence(Ordering::Release);
        // SAFETY: nobody else writes there, and who owns the text is just leaving.
        unsafe { std::slice::from_raw_parts_mut(self.page.start, length) }.zeroize();
        self.pool.shelf(self.page.capacity).put(self.page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicU64};
    use std::time::{Duration, Instant};

    type Marked = Page<AtomicU64>;

    fn copied(page: &Marked, room: usize) -> Option<Vec<u8>> {
        let mut into = vec![MaybeUninit::new(7); room];
        let length = page.copy(&mut into)?;
        // SAFETY: all of it was something from the start.
        let bytes: Vec<u8> = into.iter().map(|byte| unsafe { byte.assume_init() }).collect();
        assert_eq!(bytes[length], 0);
        assert!(bytes[length + 1..].iter().all(|byte| *byte == 7));
        Some(bytes[..length].to_vec())
    }

    #[test]
    fn a_text_is_copied_with_a_nul_where_there_is_room_and_gone_when_it_is_dropped() {
        static POOL: Pool<AtomicU64> = Pool::new();
        let [short, long] = SIZES.map(|size| vec![b'x'; size]);
        let longest = vec![b'x'; 60 * 1024];
        for bytes in [&b""[..], b"x", b"canary", &short, &short[1..], &long, &longest] {
            let text = POOL.text(bytes);
            let page = text.page();
            assert_eq!(text.as_ref(), bytes);
            assert_eq!(copied(page, bytes.len()), None);
            assert_eq!(copied(page, bytes.len() + 1).as_deref(), Some(bytes));
            assert_eq!(copied(page, bytes.len() + 9).as_deref(), Some(bytes));
            drop(text);
            assert!(copied(page, 64 * 1024).unwrap().iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn pages_are_used_again_for_texts_of_their_size() {
        static POOL: Pool<AtomicU64> = Pool::new();
        let round = || {
            let texts: Vec<_> = (0..KEPT + 4).map(|_| POOL.text(b"canary")).collect();
            texts
                .iter()
                .map(|text| std::ptr::from_ref(text.page()).addr())
                .collect::<std::collections::BTreeSet<_>>()
        };
        let first = round();
        assert_eq!((first.len(), round()), (KEPT + 4, first));
        let addresses = |length| std::ptr::from_ref(POOL.text(&vec![1; length]).page()).addr();
        let sizes = [1, 2048, 2049, 20 * 1024];
        let found = sizes.map(addresses);
        assert_eq!(found, sizes.map(addresses));
        assert!(found[0] == found[1] && found[1] != found[2] && found[2] == found[3]);
    }

    #[test]
    fn a_page_whose_memory_is_there_goes_first_also_after_many_were_in_use() {
        static POOL: Pool<AtomicU64> = Pool::new();
        let free = || {
            let shelf = POOL.shelf(6);
            (shelf.ready.count(), shelf.resting.count())
        };
        drop((0..KEPT + 4).map(|_| POOL.text(b"canary")).collect::<Vec<_>>());
        assert_eq!(free(), (KEPT, 4));
        let text = POOL.text(b"canary");
        assert_eq!(free(), (KEPT - 1, 4));
        drop(text);
        assert_eq!(free(), (KEPT, 4));
    }

    #[test]
    fn a_text_is_its_owner_s_alone_on_many_threads() {
        static POOL: Pool<AtomicU64> = Pool::new();
        std::thread::scope(|scope| {
            for thread in 0..4_u8 {
                scope.spawn(move || {
                    for _ in 0..300 {
                        let texts: Vec<_> =
                            (0..KEPT as u8).map(|n| POOL.text(&[thread * 16 + n; 100])).collect();
                        let is_own = |(n, text): (u8, &Text<_>)| *text.as_ref() == [thread * 16 + n; 100];
                        assert!((0..).zip(&texts).all(is_own));
                    }
                });
            }
        });
    }

    #[test]
    fn who_reads_without_owning_learns_by_the_mark_whether_the_text_was_still_there() {
        static POOL: Pool<AtomicU64> = Pool::new();
        let page = POOL.text(&[1; 900]).page();
        let is_enough = AtomicBool::new(false);
        let (mut good, mut torn, mut wrong) = (0, 0, 0_usize);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1.. {
                    let text = POOL.text(&[round as u8 | 1; 900]);
                    text.page().head.store(round, Ordering::Release);
                    // Too short for a copy, and now and then long enough for some on the busiest machine.
                    match round % 64 {
                        0 => std::thread::sleep(Duration::from_millis(1)),
                        spins => (0..spins * 4).for_each(|_| std::hint::spin_loop()),
                    }
                    text.page().head.store(0, Ordering::Release);
                    if is_enough.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            let deadline = Instant::now() + Duration::from_secs(60);
            while (good < 100 || torn < 100) && Instant::now() < deadline {
                let mark = page.head.load(Ordering::Acquire);
                let bytes = copied(page, 2 * 1024).unwrap();
                let is_one = bytes.len() == 900 && bytes.iter().all(|byte| *byte == mark as u8 | 1);
                if mark > 0 && page.head.load(Ordering::Relaxed) == mark {
                    good += 1;
                    wrong += usize::from(!is_one);
                } else {
                    torn += 1;
                }
            }
            is_enough.store(true, Ordering::Relaxed);
        });
        assert_eq!(wrong, 0, "of {good} copies that were found good");
        assert!(good >= 100 && torn >= 100, "{good} good and {torn} torn copies");
    }
}
