//! Text in memory of its own, which core files leave out and which is overwritten when nobody needs it any more.

use crate::window::Shown;
use bytes::Bytes;
use bytestring::ByteString;
use xilnex_auth_lasting::{Page, Pool};

static POOL: Pool<Shown> = Pool::new();

/// A secret or a token. A clone is the same memory, which is overwritten with the last of them.
///
/// On Linux it lies on pages that no core file of the kernel or of a debugger holds; where the system gives none, and
/// on other systems, on the heap. A forked child has a copy of its own. Has no `Debug`.
#[derive(Clone)]
pub struct Sealed {
    text: ByteString,
    page: &'static Page<Shown>,
}

impl Sealed {
    /// Copies the text.
    pub fn new(text: &str) -> Sealed {
        let text = POOL.text(text.as_bytes());
        let page = text.page();
        // It came from text, so nothing is lost; looked at once, not whenever it is read.
        Sealed { text: ByteString::try_from(Bytes::from_owner(text)).unwrap_or_default(), page }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it lies.
    pub(crate) fn page(&self) -> &'static Page<Shown> {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_was_given() {
        let long = "é".repeat(10_000);
        for text in ["", "x", "canary", long.as_str()] {
            assert_eq!(Sealed::new(text).text(), text);
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
