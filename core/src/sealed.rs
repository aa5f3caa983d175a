//! Text in memory of its own, which core files leave out and which is overwritten when nobody needs it any more.

use bytes::Bytes;
use bytestring::ByteString;
use zeroize::Zeroize;

/// A secret or a token. A clone is the same memory, which is overwritten with the last of them.
///
/// On Linux it lies on pages that no core file of the kernel or of a debugger holds; where the system gives none, and
/// on other systems, on the heap. A forked child has a copy of its own. Has no `Debug`.
#[derive(Clone)]
pub struct Sealed(ByteString);

struct Place {
    memory: Memory,
    length: usize,
}

enum Memory {
    #[cfg(target_os = "linux")]
    Pages(pages::Pages),
    Heap(Vec<u8>),
}

impl Sealed {
    /// Copies the text.
    pub fn new(text: &str) -> Sealed {
        Sealed::from(Place::new(text.as_bytes(), Memory::new(text.len())))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl From<Place> for Sealed {
    fn from(place: Place) -> Sealed {
        // It came from text, so nothing is lost; looked at once, not whenever it is read.
        Sealed(ByteString::try_from(Bytes::from_owner(place)).unwrap_or_default())
    }
}

impl AsRef<[u8]> for Place {
    fn as_ref(&self) -> &[u8] {
        &self.memory.bytes()[..self.length]
    }
}

impl Place {
    fn new(bytes: &[u8], mut memory: Memory) -> Place {
        memory.bytes_mut()[..bytes.len()].copy_from_slice(bytes);
        Place { memory, length: bytes.len() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.memory.bytes_mut()[..self.length].zeroize();
        #[cfg(target_os = "linux")]
        if let Memory::Pages(pages) = std::mem::replace(&mut self.memory, Memory::Heap(Vec::new())) {
            pages::keep(pages);
        }
    }
}

impl Memory {
    fn new(length: usize) -> Memory {
        #[cfg(target_os = "linux")]
        if let Some(pages) = pages::take(length) {
            return Memory::Pages(pages);
        }
        Memory::Heap(vec![0; length])
    }

    fn bytes(&self) -> &[u8] {
        match self {
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => pages,
            Memory::Heap(bytes) => bytes,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => pages,
            Memory::Heap(bytes) => bytes,
        }
    }
}

/// Pages that core files leave out. Some are kept when they are free: to get them costs more than to fill them.
#[cfg(target_os = "linux")]
mod pages {
    use arc_swap::ArcSwapOption;
    use memmap2::{Advice, MmapMut};
    use std::sync::Arc;

    pub type Pages = MmapMut;

    /// Larger ones are not kept; the longest token fits.
    const LARGEST: usize = 16 * 1024;

    /// Without a lock, which a fork might find taken.
    static FREE: [ArcSwapOption<Pages>; 8] = [const { ArcSwapOption::const_empty() }; 8];

    /// Pages of this length at least, all zero; `None` where there are none to be had.
    pub fn take(length: usize) -> Option<Pages> {
        let kept = FREE.iter().filter(|place| place.load().is_some());
        let mut taken = kept.filter_map(|place| place.swap(None)).filter_map(Arc::into_inner);
        taken.next().filter(|pages| pages.len() >= length).or_else(|| map(length))
    }

    /// Keeps pages for the next text, if there is room.
    pub fn keep(pages: Pages) {
        if pages.len() == LARGEST
            && let Some(place) = FREE.iter().find(|place| place.load().is_none())
        {
            place.store(Some(Arc::new(pages)));
        }
    }

    fn map(length: usize) -> Option<Pages> {
        // Address space alone: the kernel gives memory for what is written.
        let pages = MmapMut::map_anon(length.max(LARGEST)).ok()?;
        pages.advise(Advice::DontDump).ok().map(|()| pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_was_given_wherever_it_lies() {
        let long = "é".repeat(10_000);
        for text in ["", "x", "canary", long.as_str()] {
            assert_eq!(Sealed::new(text).text(), text);
            let place = Place::new(text.as_bytes(), Memory::Heap(vec![0; text.len()]));
            assert_eq!(Sealed::from(place).text(), text);
        }
        let sealed = Sealed::new("canary");
        let clone = sealed.clone();
        drop(sealed);
        assert_eq!(clone.text(), "canary");
    }

    #[test]
    fn many_at_once_on_many_threads_have_memory_of_their_own() {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for round in 0..500 {
                        let texts: Vec<String> = (0..12).map(|n| format!("{thread} {round} {n}")).collect();
                        let sealed: Vec<Sealed> = texts.iter().map(|text| Sealed::new(text)).collect();
                        assert!(texts.iter().zip(&sealed).all(|(text, sealed)| text == sealed.text()));
                    }
                });
            }
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn core_files_leave_it_out() {
        let sealed = Sealed::new("canary");
        let address = sealed.text().as_ptr().addr();
        let (mut is_there, mut flags) = (false, None);
        for line in std::fs::read_to_string("/proc/self/smaps").unwrap().lines() {
            let bounds = line.split_once(' ').and_then(|(range, _)| range.split_once('-'));
            let number = |text| usize::from_str_radix(text, 16).ok();
            if let Some((Some(start), Some(end))) = bounds.map(|(start, end)| (number(start), number(end))) {
                is_there = (start..end).contains(&address);
            } else if is_there {
                flags = line.strip_prefix("VmFlags:").map(str::to_owned).or(flags);
            }
        }
        assert!(flags.unwrap().split(' ').any(|flag| flag == "dd"));
    }
}
