//! Text in memory of its own, which core files leave out and which is overwritten when nobody needs it any more.

#[cfg(any(target_os = "linux", target_os = "android"))]
use memmap2::{Advice, MmapMut};
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// A secret or a token. A clone is the same memory, which is overwritten with the last of them.
///
/// On Linux it lies on pages that no core file of the kernel or of a debugger holds; where the system gives none, and
/// on other systems, on the heap. A forked child has a copy of its own. Has no `Debug`.
#[derive(Clone)]
pub struct Sealed(Arc<Place>);

enum Place {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    Pages(MmapMut, usize),
    Heap(Zeroizing<Box<[u8]>>),
}

impl Sealed {
    /// Copies the text.
    pub fn new(text: &str) -> Sealed {
        Sealed(Arc::new(Place::new(text.as_bytes())))
    }

    /// The text.
    pub fn text(&self) -> &str {
        // It came from text, so nothing is lost.
        std::str::from_utf8(self.0.bytes()).unwrap_or_default()
    }
}

impl Place {
    fn new(bytes: &[u8]) -> Place {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(mut pages) = pages(bytes.len()) {
            pages[..bytes.len()].copy_from_slice(bytes);
            return Place::Pages(pages, bytes.len());
        }
        Place::Heap(Zeroizing::new(bytes.into()))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Place::Pages(pages, length) => &pages[..*length],
            Place::Heap(bytes) => bytes,
        }
    }
}

/// Pages that core files leave out; `None` where there are none to be had.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn pages(length: usize) -> Option<MmapMut> {
    let pages = MmapMut::map_anon(length).ok()?;
    pages.advise(Advice::DontDump).ok().map(|()| pages)
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Place::Pages(pages, length) => pages[..*length].zeroize(),
            Place::Heap(bytes) => bytes.zeroize(),
        }
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
            assert_eq!(Place::Heap(Zeroizing::new(text.as_bytes().into())).bytes(), text.as_bytes());
        }
        let sealed = Sealed::new("canary");
        let clone = sealed.clone();
        drop(sealed);
        assert_eq!(clone.text(), "canary");
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
