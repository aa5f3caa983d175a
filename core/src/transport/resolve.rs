//! Host names to addresses, within a deadline and without panicking when no thread can be had.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// The addresses of `host`, an address literal or a name.
///
/// The system's resolver cannot be interrupted, so a name is looked up on a thread that is left behind when
/// `timeout` passes.
///
/// # Errors
/// `TimedOut` when it passed; else whatever the system said.
pub fn resolve(host: &str, port: u16, timeout: Duration) -> io::Result<Vec<SocketAddr>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = sync_channel(1);
    let name = bare.to_owned();
    std::thread::Builder::new()
        .name("xilnex-auth-dns".into())
        .spawn(move || {
            // The receiver may have left; then nobody wants the answer.
            let _ = sender.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
        })
        .map_err(|problem| io::Error::other(format!("no thread for the lookup: {problem}")))?;
    match receiver.recv_timeout(timeout) {
        Ok(found) => found,
        Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the lookup ended without an answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_need_no_lookup() {
        for (host, address) in [("127.0.0.1", "127.0.0.1:9"), ("[::1]", "[::1]:9"), ("::1", "[::1]:9")] {
            assert_eq!(resolve(host, 9, Duration::ZERO).unwrap(), [address.parse().unwrap()]);
        }
    }

    #[test]
    fn the_own_name_is_found() {
        let found = resolve("localhost", 9, Duration::from_secs(10)).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback()) && !found.is_empty());
    }
}
