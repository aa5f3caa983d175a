//! An HTTP answer out of bytes: a status, headers, an empty line, a body.

use xilnex_auth::error::{Error, Kind};
use xilnex_auth::transport::HttpResponse;

/// The answer that `bytes` are: lines of text up to the first empty one, and the body after it.
pub fn read(bytes: &[u8]) -> HttpResponse {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let head = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
    let mut lines = head.lines();
    let mut answer = HttpResponse {
        status: lines.next().and_then(|status| status.parse().ok()).unwrap_or(200),
        ..HttpResponse::default()
    };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = Some(value.trim().to_owned());
        match name {
            "retry-after" => answer.retry_after = value,
            "date" => answer.date = value,
            "content-type" => answer.content_type = value,
            "content-encoding" => answer.content_encoding = value,
            "broken" => answer.broken = Some(Error::new(Kind::Unavailable, "the connection broke")),
            _ => {}
        }
    }
    if answer.broken.is_none() {
        answer.body.extend_from_slice(bytes.get(end + 2..).unwrap_or_default());
    }
    answer
}
