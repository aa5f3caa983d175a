//! Where an answer begins and ends (RFC 9112), stricter than the HTTP library is: pure.
//!
//! An answer whose bounds can be understood in two ways is none: what stands between us and the server may have
//! understood the other. What has come with the answer and follows its end is refused; nothing is waited for to see
//! whether more comes. Trailers are passed over: nothing here reads them, and a server may add some unasked.

use std::str;

/// An answer may be preceded by no more informational ones (RFC 9110 §15.2).
const MOST_HINTS: usize = 16;

/// Of header lines the HTTP library takes no more either.
const MOST_HEADERS: usize = 128;

/// The longest line that gives the size of a chunk, its extensions included.
const LONGEST_SIZE: usize = 64;

/// Trailers take no more bytes than this.
const MOST_TRAILERS: usize = 8 * 1024;

/// What was seen of an answer so far.
#[derive(Debug, Default)]
pub struct Framing {
    state: State,
    hints: usize,
    fault: Option<&'static str>,
    is_cut: bool,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Where it should.
    Whole,
    /// Before its end.
    Torn,
    /// It breaks the rules, in these words.
    Broken(&'static str),
}

#[derive(Debug)]
enum State {
    /// A status line and header lines; so many bytes of it are here.
    Head(Vec<u8>),
    /// So many bytes of the body are to come.
    Sized(u64),
    /// The line with the size of a chunk.
    Size(Vec<u8>),
    /// So many bytes of a chunk are to come.
    Chunk(u64),
    /// What follows a chunk: so much of CR LF was there.
    AfterChunk(usize),
    /// So many bytes of trailers were there, these of a line that has not ended.
    Trailers { total: usize, line: Vec<u8> },
    /// The body ends with the connection.
    UntilClose,
    /// All was there.
    Done,
}

impl Default for State {
    fn default() -> State {
        State::Head(Vec::new())
    }
}

impl Framing {
    /// Looks at the next bytes.
    pub fn see(&mut self, mut bytes: &[u8]) {
        while self.fault.is_none() && !bytes.is_empty() {
            match self.step(bytes) {
                Ok(used) => bytes = &bytes[used..],
                Err(fault) => self.fault = Some(fault),
            }
        }
    }

    /// The connection broke, or ended without a word where TLS has one for it.
    pub fn cut(&mut self) {
        self.is_cut = true;
    }

    /// What is wrong with the head, or with those before it: nothing after it can be relied on. The words for it.
    pub fn fault_of_head(&self) -> Option<&'static str> {
        self.fault.filter(|_| matches!(self.state, State::Head(_)))
    }

    /// What is wrong with what was seen: nothing more is worth waiting for. The words for it.
    pub fn fault(&self) -> Option<&'static str> {
        self.fault
    }

    /// How it has ended, if nothing more comes.
    pub fn end(&self) -> End {
        match (self.fault, &self.state) {
            (Some(fault), _) => End::Broken(fault),
            (None, State::Done) => End::Whole,
            // Where the end of the connection is that of the body, JSON that is cut is no JSON.
            (None, State::UntilClose) if !self.is_cut => End::Whole,
            _ => End::Torn,
        }
    }

    /// Takes some of the bytes, and tells how many.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, &'static str> {
        match &mut self.state {
            State::Head(head) => {
                let used = through_blank_line(head, bytes);
                head.extend_from_slice(&bytes[..used]);
                if head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n") {
                    self.state = after_head(&std::mem::take(head), &mut self.hints)?;
                }
                Ok(used)
            }
            State::Sized(left) => {
                let used = take(left, bytes);
                if *left == 0 {
                    self.state = State::Done;
                }
                Ok(used)
            }
            State::Size(line) => {
                let (used, is_whole) = through_line(bytes);
                line.extend_from_slice(&bytes[..used]);
                if line.len() > LONGEST_SIZE {
                    return Err("the size of a chunk is too long");
                }
                if is_whole {
                    self.state = match chunk_size(line)? {
                        0 => State::Trailers { total: 0, line: Vec::new() },
                        size => State::Chunk(size),
                    };
                }
                Ok(used)
            }
            State::Chunk(left) => {
                let used = take(left, bytes);
                if *left == 0 {
                    self.state = State::AfterChunk(0);
                }
                Ok(used)
            }
            State::AfterChunk(seen) => {
                if bytes[0] != b"\r\n"[*seen] {
                    return Err("a chunk does not end where it should");
                }
                self.state = if *seen == 0 { State::AfterChunk(1) } else { State::Size(Vec::new()) };
                Ok(1)
            }
            State::Trailers { total, line } => {
                let (used, is_whole) = through_line(bytes);
                line.extend_from_slice(&bytes[..used]);
                *total += used;
                if *total > MOST_TRAILERS {
                    return Err("its trailers are too long");
                }
                if is_whole && line == b"\r\n" {
                    self.state = State::Done;
                } else if is_whole {
                    line.clear();
                }
                Ok(used)
            }
            State::UntilClose => Ok(bytes.len()),
            State::Done => Err("something follows its end"),
        }
    }
}

fn take(left: &mut u64, bytes: &[u8]) -> usize {
    let used = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    *left -= used as u64;
    used
}

/// How many bytes belong to a line, its end included, and whether that is there.
fn through_line(bytes: &[u8]) -> (usize, bool) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (end + 1, true),
        None => (bytes.len(), false),
    }
}

/// How many bytes belong to a head of which some are here, the blank line at its end included.
fn through_blank_line(head: &[u8], bytes: &[u8]) -> usize {
    let mut last = [0; 2];
    for (from, to) in head.iter().rev().zip(last.iter_mut().rev()) {
        *to = *from;
    }
    for (index, byte) in bytes.iter().enumerate() {
        let is_end = *byte == b'\n' && (last[1] == b'\n' || last == *b"\n\r");
        last = [last[1], *byte];
        if is_end {
            return index + 1;
        }
    }
    bytes.len()
}

/// What comes after this head.
fn after_head(head: &[u8], hints: &mut usize) -> Result<State, &'static str> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    if !answer.parse(head).is_ok_and(|parsed| parsed.is_complete()) {
        return Err("its head is malformed");
    }
    let all = |name: &str| -> Vec<&[u8]> {
        let named = answer.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| header.value).collect()
    };
    let length = content_length(&all("content-length"))?;
    let is_chunked = match all("transfer-encoding")[..] {
        [] => false,
        [_] if answer.version == Some(0) => return Err("HTTP/1.0 has no Transfer-Encoding"),
        [_] if length.is_some() => return Err("it has a Content-Length and a Transfer-Encoding"),
        [coding] if coding.eq_ignore_ascii_case(b"chunked") => true,
        _ => return Err("its Transfer-Encoding is not chunked"),
    };
    Ok(match answer.code {
        Some(101) => return Err("it switches to another protocol"),
        Some(100..=199) => {
            *hints += 1;
            if *hints > MOST_HINTS {
                return Err("it is preceded by too many informational ones");
            }
            State::Head(Vec::new())
        }
        Some(204 | 304) => State::Done,
        _ if is_chunked => State::Size(Vec::new()),
        _ => match length {
            Some(0) => State::Done,
            Some(length) => State::Sized(length),
            None => State::UntilClose,
        },
    })
}

/// `1*DIGIT`, once (RFC 9110 §8.6).
fn content_length(values: &[&[u8]]) -> Result<Option<u64>, &'static str> {
    let digits = match values {
        [] => return Ok(None),
        [value] => *value,
        _ => return Err("it has more than one Content-Length"),
    };
    number(digits, 10).map(Some).ok_or("its Content-Length is not a number of bytes")
}

/// `1*HEXDIG`, perhaps with extensions behind a semicolon (RFC 9112 §7.1), then the end of the line.
fn chunk_size(line: &[u8]) -> Result<u64, &'static str> {
    let line = line.strip_suffix(b"\r\n").ok_or("the size of a chunk does not end as a line")?;
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    number(digits, 16).ok_or("the size of a chunk is not a number of bytes")
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let text = str::from_utf8(digits).ok().filter(|text| text.chars().all(|digit| digit.is_digit(radix)))?;
    u64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn end(text: &[u8], piece: usize) -> End {
        let mut framing = Framing::default();
        text.chunks(piece).for_each(|bytes| framing.see(bytes));
        framing.end()
    }

    #[test]
    fn an_answer_ends_where_its_head_says_whatever_pieces_it_comes_in() {
        for (text, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", End::Whole),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", End::Torn),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd", End::Broken("something follows its end")),
            ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", End::Whole),
            ("HTTP/1.1 200 OK\r\n\r\nab", End::Whole),
            ("HTTP/1.1 200 OK\r\n", End::Torn),
            ("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 204 Nothing\r\n\r\n", End::Whole),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA;x\r\n0123456789\r\n0\r\nx: y\r\n\r\n",
                End::Whole,
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n", End::Torn),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", End::Torn),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
                End::Broken("the size of a chunk does not end as a line"),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                End::Broken("a chunk does not end where it should"),
            ),
        ] {
            for piece in [1, 2, 3, 7, text.len()] {
                assert_eq!(end(text.as_bytes(), piece), expected, "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_cut_is_no_end() {
        for (text, expected) in [
            ("HTTP/1.1 200 OK\r\n\r\nab", End::Torn),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", End::Whole),
        ] {
            let mut framing = Framing::default();
            framing.see(text.as_bytes());
            framing.cut();
            assert_eq!(framing.end(), expected);
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter_and_nothing_panics(
            start in "(HTTP/1.1 (100|200|204) OK\r?\n)?(Content-Length: [0-9]{1,2}\r\n)?(Transfer-Encoding: chunked\r\n)?(\r\n)?",
            rest in proptest::collection::vec(any::<u8>(), 0..40),
            piece in 1usize..9,
        ) {
            let text = [start.as_bytes(), &rest].concat();
            prop_assert_eq!(end(&text, piece), end(&text, text.len().max(1)));
        }
    }
}
