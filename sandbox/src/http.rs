//! HTTP/1.1 as far as a server for tests needs it: one request for each connection.

use std::io::{self, Read, Write};

/// Larger heads are refused.
const MAX_HEAD: usize = 64 * 1024;

/// Larger bodies are refused.
const MAX_BODY: usize = 1024 * 1024;

/// A request, whole.
#[derive(Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// The head as it came.
    pub head: Vec<u8>,
    pub body: Vec<u8>,
}

/// Why there is no request.
pub enum Fault {
    /// The connection ended or broke.
    Gone,
    /// Not a request that this server takes: status and reason.
    Refused(u16, &'static str),
}

/// An answer.
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, whatever case its name has.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Response {
    pub fn json(status: u16, body: &serde_json::Value) -> Response {
        let headers = vec![("Content-Type".into(), "application/json".into())];
        Response { status, headers, body: body.to_string().into_bytes() }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Response {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Its type is JSON unless the headers say another.
    pub fn of_json(self) -> Response {
        if self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            return self;
        }
        self.with("Content-Type", "application/json")
    }

    /// The bytes on the wire. A length is added unless the headers say one.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        head += "Connection: close\r\n\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Reads one request from a connection.
pub fn read(stream: &mut (impl Read + Write)) -> Result<Request, Fault> {
    let mut bytes = Vec::new();
    let (mut request, body_start) = loop {
        if let Some(found) = parse_head(&bytes)? {
            break found;
        }
        if bytes.len() > MAX_HEAD {
            return Err(Fault::Refused(431, "the head is too large"));
        }
        more(stream, &mut bytes)?;
    };
    request.head = bytes.drain(..body_start).collect();
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|_| Fault::Gone)?;
    }
    request.body = read_body(&request, stream, bytes)?;
    Ok(request)
}

fn more(stream: &mut impl Read, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    let mut chunk = [0; 8192];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return Err(Fault::Gone),
            Ok(count) => {
                bytes.extend_from_slice(&chunk[..count]);
                return Ok(());
            }
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Fault::Gone),
        }
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<(Request, usize)>, Fault> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Fault::Refused(400, "not an HTTP request")),
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: parsed.path.unwrap_or_default().split('?').next().unwrap_or_default().to_owned(),
        headers: parsed.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
        ..Request::default()
    };
    Ok(Some((request, length)))
}

fn read_body(request: &Request, stream: &mut impl Read, mut bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let values = |name: &str| -> Vec<&str> {
        request
            .headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
            .collect()
    };
    match (values("content-length").as_slice(), values("transfer-encoding").as_slice()) {
        ([], []) => Ok(Vec::new()),
        ([length], []) => {
            let length = content_length(length)?;
            if length > MAX_BODY {
                return Err(Fault::Refused(413, "the body is too large"));
            }
            while bytes.len() < length {
                more(stream, &mut bytes)?;
            }
            bytes.truncate(length);
            Ok(bytes)
        }
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => read_chunks(stream, bytes),
        _ => Err(Fault::Refused(400, "the length of the body is told in more than one way")),
    }
}

/// Digits only: the parser of Rust would take a plus sign too.
fn content_length(value: &str) -> Result<usize, Fault> {
    let digits = Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or(Fault::Refused(400, "a malformed Content-Length"))
}

fn read_chunks(stream: &mut impl Read, mut bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let malformed = || Fault::Refused(400, "a malformed chunk");
    let mut body = Vec::new();
    loop {
        let (start, size) = loop {
            match httparse::parse_chunk_size(&bytes).map_err(|_| malformed())? {
                httparse::Status::Complete((start, size)) => {
                    break (start, usize::try_from(size).unwrap_or(usize::MAX));
                }
                httparse::Status::Partial if bytes.len() > MAX_HEAD => return Err(malformed()),
                httparse::Status::Partial => more(stream, &mut bytes)?,
            }
        };
        if size > MAX_BODY - body.len() {
            return Err(Fault::Refused(413, "the body is too large"));
        }
        while bytes.len() < start + size + 2 {
            more(stream, &mut bytes)?;
        }
        if &bytes[start + size..start + size + 2] != b"\r\n" {
            return Err(malformed());
        }
        body.extend_from_slice(&bytes[start..start + size]);
        bytes.drain(..start + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Wire(io::Cursor<Vec<u8>>);

    impl Read for Wire {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            // One byte at a time: a request arrives in any pieces.
            self.0.read(&mut buffer[..1])
        }
    }

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn body_of(text: &str) -> Result<String, u16> {
        match read(&mut Wire(io::Cursor::new(text.as_bytes().to_vec()))) {
            Ok(request) => Ok(String::from_utf8(request.body).unwrap()),
            Err(Fault::Gone) => Err(0),
            Err(Fault::Refused(status, _)) => Err(status),
        }
    }

    #[test]
    fn bodies_of_every_kind() {
        for (text, body) in [
            ("GET / HTTP/1.1\r\n\r\n", Ok("")),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcd", Ok("abc")),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
                Ok("abcde"),
            ),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", Err(413)),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", Err(413)),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", Err(400)),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", Err(0)),
            ("\0\0\0\0\r\n\r\n", Err(400)),
        ] {
            assert_eq!(body_of(text), body.map(str::to_owned), "{text:?}");
        }
    }
}
