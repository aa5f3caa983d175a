//! A whole file that an option names, whatever kind of file it is, within a bound of size and of time.

use crate::clock::{Clock, SystemClock};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a pipe may keep its reader waiting, for a writer and for the end: long enough for a command that asks a vault.
const PATIENCE: Duration = Duration::from_secs(5);

/// For how long a file is tried again that another program of Windows holds: to write it anew, to keep a copy, to look
/// for viruses.
pub const HELD: Duration = Duration::from_secs(1);

const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Appends the content of a file, of at most `most` bytes. A pipe that somebody writes into, as `<(command)` is one, is
/// read to its end; Windows has none that could be given up, so they are refused there. What another program holds is tried
/// again as long as `held`.
///
/// # Errors
/// What the system says; `FileTooLarge`; `TimedOut` for a pipe or a device that nobody writes into or that does not end
/// within five seconds.
pub fn read(path: &Path, most: usize, held: Duration, into: &mut Vec<u8>) -> io::Result<()> {
    let before = into.len();
    tried(held, || {
        into.truncate(before);
        read_all(&mut open(path)?, most, PATIENCE, into)
    })
}

/// Does what fails only because another program holds a file again, for so long.
fn tried<T>(held: Duration, mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let until = SystemClock.now().boot + held;
    loop {
        match work() {
            Err(problem) if cfg!(windows) && is_of_a_moment(&problem) && SystemClock.now().boot < until => {
                SystemClock.sleep(SystemClock.now().boot + BETWEEN_TRIES);
            }
            done => return done,
        }
    }
}

/// What Windows says of a file that another program has opened for itself alone, locked, or deleted and not yet closed;
/// the last is also what it says where access is denied for good.
fn is_of_a_moment(problem: &io::Error) -> bool {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    matches!(problem.raw_os_error(), Some(ACCESS_DENIED | SHARING_VIOLATION | LOCK_VIOLATION))
}

fn read_all(file: &mut File, most: usize, patience: Duration, into: &mut Vec<u8>) -> io::Result<()> {
    let until = SystemClock.now().boot + patience;
    // A pipe without a writer looks as if it were at its end, until one has come.
    let mut had_content = file.metadata()?.is_file();
    loop {
        let room = (most + 1).saturating_sub(into.len());
        match file.by_ref().take(room as u64).read_to_end(into) {
            Ok(_) if into.len() > most => return Err(io::ErrorKind::FileTooLarge.into()),
            Ok(_) if had_content || !into.is_empty() => return Ok(()),
            Err(problem) if problem.kind() != io::ErrorKind::WouldBlock => return Err(problem),
            _ => {}
        }
        wait(file, until)?;
        had_content = true;
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    // Else opening a pipe would wait for its writer, and a terminal would become that of the process.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

/// Waits until there is something to read, or the end.
#[cfg(unix)]
fn wait(file: &File, until: Duration) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let late = || Err(io::Error::new(io::ErrorKind::TimedOut, "nobody wrote to its end in time"));
    loop {
        let left = until.saturating_sub(SystemClock.now().boot);
        if left.is_zero() {
            // What looks ready over and over, and then has nothing, is not waited for either.
            return late();
        }
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&left)) {
            Ok(0) => return late(),
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(problem) => return Err(problem.into()),
        }
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    // NUL and COM1 are seen to be devices in an absolute path only.
    let path = std::path::absolute(path)?;
    match path.components().next() {
        Some(std::path::Component::Prefix(prefix)) if is_device(prefix.kind()) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe or a device, not a file on a disk"))
        }
        _ => OpenOptions::new().read(true).open(path),
    }
}

/// Whether a path of Windows leads to a pipe or a device: opening and reading those may block, which nothing ends here.
#[cfg(any(not(unix), test))]
fn is_device(prefix: std::path::Prefix<'_>) -> bool {
    use std::path::Prefix;
    match prefix {
        Prefix::DeviceNS(name) => !matches!(name.as_encoded_bytes(), [_, b':']),
        Prefix::Verbatim(name) | Prefix::UNC(_, name) | Prefix::VerbatimUNC(_, name) => {
            name.eq_ignore_ascii_case("pipe")
        }
        Prefix::Disk(_) | Prefix::VerbatimDisk(_) => false,
    }
}

#[cfg(not(unix))]
fn wait(_: &File, _: Duration) -> io::Result<()> {
    Ok(())
}

/// A file as it is whenever it is asked for; what can be read only once, as it was then. `Debug` shows the path alone.
#[derive(Clone)]
pub struct Source {
    path: PathBuf,
    kept: Option<Arc<Vec<u8>>>,
}

impl Source {
    /// Sees whether the file can be read, and reads it if that can be done only once. It stays the same file wherever the
    /// program changes its folder to.
    ///
    /// # Errors
    /// As [`read`].
    pub fn open(path: &Path, most: usize) -> io::Result<Source> {
        let path = std::path::absolute(path)?;
        let mut file = tried(HELD, || open(&path))?;
        let mut content = Vec::new();
        let is_lasting = file.metadata()?.is_file();
        if !is_lasting {
            read_all(&mut file, most, PATIENCE, &mut content)?;
        }
        Ok(Source { path, kept: (!is_lasting).then(|| Arc::new(content)) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was kept of it.
    pub fn kept(&self) -> Option<&[u8]> {
        self.kept.as_deref().map(Vec::as_slice)
    }

    /// Its content.
    ///
    /// # Errors
    /// As [`read`].
    pub fn content(&self, most: usize) -> io::Result<Arc<Vec<u8>>> {
        match &self.kept {
            Some(content) => Ok(content.clone()),
            None => {
                let mut content = Vec::new();
                read(&self.path, most, HELD, &mut content)?;
                Ok(Arc::new(content))
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

#[cfg(test)]
mod tests_of_windows {
    use super::*;
    use std::path::Prefix;

    #[test]
    fn a_file_that_is_held_is_worth_another_try_and_one_that_is_not_there_is_none() {
        for (number, expected) in [(2, false), (3, false), (5, true), (32, true), (33, true), (53, false)] {
            assert_eq!(is_of_a_moment(&io::Error::from_raw_os_error(number)), expected, "{number}");
        }
        assert!(!is_of_a_moment(&io::ErrorKind::PermissionDenied.into()));
    }

    #[test]
    fn a_pipe_and_a_device_are_known_by_their_path() {
        let os = |text: &'static str| std::ffi::OsStr::new(text);
        for (prefix, expected) in [
            (Prefix::DeviceNS(os("pipe")), true),
            (Prefix::DeviceNS(os("NUL")), true),
            (Prefix::DeviceNS(os("COM1")), true),
            (Prefix::DeviceNS(os("C:")), false),
            (Prefix::Verbatim(os("PIPE")), true),
            (Prefix::Verbatim(os("Volume{1}")), false),
            (Prefix::UNC(os("server"), os("pipe")), true),
            (Prefix::VerbatimUNC(os("server"), os("Pipe")), true),
            (Prefix::UNC(os("server"), os("share")), false),
            (Prefix::Disk(b'C'), false),
            (Prefix::VerbatimDisk(b'C'), false),
        ] {
            assert_eq!(is_device(prefix), expected, "{prefix:?}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_held_for_a_moment_is_read() {
        use std::os::windows::fs::OpenOptionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("held");
        std::fs::write(&path, "content").unwrap();
        let read_held = |held| {
            let mut content = b"before ".to_vec();
            read(&path, 20, held, &mut content).map(|()| content).map_err(|problem| problem.raw_os_error())
        };
        let holder = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        assert_eq!(read_held(Duration::ZERO), Err(Some(32)));
        let holding = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            drop(holder);
        });
        assert_eq!(read_held(HELD).as_deref(), Ok(&b"before content"[..]));
        holding.join().unwrap();
        let holder = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        assert_eq!(Source::open(&path, 20).err().and_then(|problem| problem.raw_os_error()), Some(32));
        drop(holder);
        assert!(Source::open(&path, 20).is_ok());
    }

    #[cfg(windows)]
    #[test]
    fn a_pipe_and_a_device_are_refused_before_they_are_opened() {
        for path in [r"\\.\pipe\nobody", "NUL", r"\\nowhere.invalid\pipe\x", "COM1"] {
            let told = Source::open(Path::new(path), 10).unwrap_err();
            assert!(told.to_string().contains("pipe or a device"), "{path}: {told}");
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::io::Write;
    use std::thread::sleep;
    use std::time::Instant;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(30);

    fn pipe() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        (folder, path)
    }

    fn read_within(path: &Path, patience: Duration) -> Result<String, io::ErrorKind> {
        let mut content = Vec::new();
        let began = Instant::now();
        let told = open(path).and_then(|mut file| read_all(&mut file, 10, patience, &mut content));
        assert!(began.elapsed() < LONG);
        told.map(|()| String::from_utf8(content).unwrap()).map_err(|problem| problem.kind())
    }

    fn write_later(path: &Path, pieces: &'static [&str]) {
        let path = path.to_owned();
        std::thread::spawn(move || {
            sleep(SHORT);
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            for piece in pieces {
                let _ = file.write_all(piece.as_bytes());
                sleep(SHORT);
            }
        });
    }

    #[test]
    fn a_pipe_is_read_to_its_end_whenever_its_writer_comes() {
        for (pieces, expected) in [
            (&["all"][..], Ok("all".to_owned())),
            (&["in ", "pieces"], Ok("in pieces".into())),
            (&[], Ok(String::new())),
            (&["more than ", "ten bytes"], Err(io::ErrorKind::FileTooLarge)),
        ] {
            let (_folder, path) = pipe();
            write_later(&path, pieces);
            assert_eq!(read_within(&path, LONG), expected, "{pieces:?}");
        }
    }

    #[test]
    fn whoever_writes_nothing_or_without_end_is_not_waited_for() {
        let (_folder, path) = pipe();
        assert_eq!(read_within(&path, SHORT), Err(io::ErrorKind::TimedOut));
        let _silent = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        assert_eq!(read_within(&path, SHORT), Err(io::ErrorKind::TimedOut));
        assert_eq!(read_within(Path::new("/dev/zero"), SHORT), Err(io::ErrorKind::FileTooLarge));
        assert_eq!(read_within(Path::new("/dev/null"), LONG), Ok(String::new()));
        assert_eq!(read_within(Path::new("/"), SHORT), Err(io::ErrorKind::IsADirectory));
    }

    #[test]
    fn what_a_pipe_held_is_kept_and_a_file_is_read_anew() {
        let (folder, path) = pipe();
        write_later(&path, &["once"]);
        let source = Source::open(&path, 10).unwrap();
        assert_eq!(**source.content(10).unwrap(), *b"once");
        let lasting = folder.path().join("file");
        std::fs::write(&lasting, "old").unwrap();
        let source = Source::open(&lasting, 10).unwrap();
        std::fs::write(&lasting, "new").unwrap();
        assert_eq!((&**source.content(10).unwrap(), source.kept()), (&b"new"[..], None));
        assert!(Source::open(&folder.path().join("none"), 10).is_err());
    }
}
