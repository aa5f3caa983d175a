//! A server on this machine that answers every request at once: tokens, or a refusal for the client `refused`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The token that it gives.
pub const TOKEN: &str = "a-token.of~the+fuzz/target==";

/// Starts it on a thread of its own that lasts as long as the process; gives its address.
///
/// # Panics
/// When no port can be had.
pub fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves in the middle is no fault of its own.
            let _ = answer(stream);
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let is_refused = memchr::memmem::find(&body, b"client_id=refused").is_some();
    let lifetime = if memchr::memmem::find(&body, b"client_id=short").is_some() { 1 } else { 3600 };
    let (status, body) = if is_refused {
        ("400 Bad Request", r#"{"error":"invalid_client","error_description":"nobody"}"#.to_owned())
    } else {
        ("200 OK", format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":{lifetime}}}"#))
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
