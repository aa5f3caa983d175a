//! Which certificates are trusted: the system's, the bundled ones where there are none, and the user's file.

use super::judges::either;
use super::judging::Judge;
use crate::config::{option, refusal};
use crate::error::{Error, Kind};
use crate::file::Source;
use crate::settings::MAX_CA_FILE;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::ffi::OsString;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A TLS configuration for one connection, TLS 1.2 or newer. Read anew each time, so that a replaced
/// certificate file takes effect at the next request. `watched` may put somebody around the verifier.
///
/// # Errors
/// `invalid_config` when `ca_file` holds no certificate; `tls` when no certificate can be trusted at all.
pub fn client_config(
    ca_file: Option<&Source>,
    watched: impl FnOnce(Judge) -> Judge,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let mut extra = ca_file.map(certificates).transpose()?.unwrap_or_default();
    // Only the verifier for Linux and the BSDs knows this variable.
    if cfg!(any(not(unix), target_vendor = "apple")) {
        extra.extend(of_environment(|name| std::env::var_os(name))?);
    }
    let verifier = watched(verifier(extra, &provider)?);
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|problem| untrusted(&problem.to_string()))?
        .dangerous() // The word of rustls for any verifier but its own; both of ours check names and dates.
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// The certificates of the user's file.
///
/// # Errors
/// `invalid_config` naming the option and the file.
pub fn certificates(source: &Source) -> Result<Vec<CertificateDer<'static>>, Error> {
    read_pem(source.path(), || source.content(MAX_CA_FILE))
        .map_err(|told| refusal(option("ca_file"), &format!("{told}: give a PEM file with certificates")))
}

/// The certificates of the file that SSL_CERT_FILE names.
fn of_environment(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(path) = named("SSL_CERT_FILE", lookup) else { return Ok(Vec::new()) };
    read_pem(&path, || Source::open(&path, MAX_CA_FILE)?.content(MAX_CA_FILE))
        .map_err(|told| untrusted(&format!("SSL_CERT_FILE {told}")))
}

/// What a variable names; one that is empty is as good as none.
fn named(variable: &str, lookup: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    lookup(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn read_pem(
    path: &Path,
    read: impl FnOnce() -> io::Result<Arc<Vec<u8>>>,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let unusable = |problem: &dyn Display| format!("cannot be used: {}: {problem}", path.display());
    let pem = read().map_err(|problem| unusable(&problem))?;
    let usable = usable(&pem);
    if usable.is_empty() { Err(unusable(&"no certificate in it that can be read")) } else { Ok(usable) }
}

/// The certificates in a text. One that cannot be read or used must not take the others with it.
fn usable(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    // A byte order mark, which editors of Windows write, would hide the beginning of the first one.
    let pem = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem);
    let found = blocks(pem).filter_map(|block| CertificateDer::from_pem_slice(block).ok());
    found.filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok()).collect()
}

/// The text in pieces that begin where a block begins: one without an end would swallow the next.
fn blocks(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let starts: Vec<usize> = std::iter::once(0)
        .chain(pem.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r')).map(|(at, _)| at + 1))
        .filter(|start| pem[*start..].starts_with(BEGIN))
        .collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([pem.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| &pem[start..end])
}

/// The system is asked at last, and not before: reading what it trusts takes most of the time of a first request.
fn verifier(extra: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<Judge, Error> {
    if extra.is_empty() {
        return system(provider);
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(extra);
    let own = webpki(roots, provider)?;
    let provider = provider.clone();
    let system =
        move || system(&provider).map_err(|problem| rustls::Error::General(problem.message().into()));
    Ok(either(own, system))
}

fn system(provider: &Arc<CryptoProvider>) -> Result<Judge, Error> {
    if let Ok(system) = Verifier::new(provider.clone()) {
        return Ok(Arc::new(system));
    }
    let is_given = |name: &&&str| named(name, |name| std::env::var_os(name)).is_some();
    match ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().find(is_given) {
        // A store that was named and is empty is a mistake to be told, not to be papered over.
        Some(name) => {
            Err(untrusted(&format!("the environment variable {name} names no readable certificate")))
        }
        None => bundled(provider),
    }
}

/// For containers without a certificate store.
fn bundled(provider: &Arc<CryptoProvider>) -> Result<Judge, Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    webpki(roots, provider).map(|verifier| verifier as Judge)
}

fn webpki(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|problem| untrusted(&problem.to_string()))
}

fn untrusted(told: &str) -> Error {
    Error::new(Kind::Tls, format!("no certificates to trust: {told}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn certificates_in(content: &str) -> Result<usize, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        certificates(&Source::open(file.path(), MAX_CA_FILE).unwrap()).map(|found| found.len())
    }

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::default();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for content in ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key]
        {
            let told = certificates_in(content).unwrap_err();
            assert!(told.message().contains("ca_file (XILNEX_CA_FILE)"), "{told}");
        }
    }

    #[test]
    fn a_broken_block_takes_no_good_one_with_it() {
        let good = authority();
        for broken in [
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN CERTIFICATE-\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN NONSENSE-----\nAAAA\n",
            "-----END CERTIFICATE-----\n",
            "\u{feff}# a word\r\n",
        ] {
            let content = format!("{broken}{good}{broken}{}{broken}", good.replace('\n', "\r\n"));
            assert_eq!(certificates_in(&content).unwrap(), 2, "{broken:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_certificate_with_it() {
        let good = authority();
        for content in
            [format!("\u{feff}{good}"), format!("\u{feff}{good}{good}"), format!("\u{feff}\n{good}")]
        {
            assert_eq!(certificates_in(&content).unwrap(), content.matches("BEGIN").count());
        }
    }

    #[test]
    fn a_variable_that_is_empty_names_no_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), authority()).unwrap();
        let found = |value: Option<&OsStr>| {
            let found = of_environment(|name| value.filter(|_| name == "SSL_CERT_FILE").map(OsStr::to_owned));
            found.map(|found| found.len()).map_err(|told| told.message().to_owned())
        };
        assert_eq!(found(None), Ok(0));
        assert_eq!(found(Some("".as_ref())), Ok(0));
        assert_eq!(found(Some(file.path().as_os_str())), Ok(1));
        let told = found(Some("/nonexistent".as_ref())).unwrap_err();
        assert!(told.contains("SSL_CERT_FILE cannot be used: ") && told.contains("nonexistent"), "{told}");
    }

    #[test]
    fn ten_thousand_certificates_are_read_at_once() {
        let content = authority().repeat(10_000);
        let began = std::time::Instant::now();
        assert_eq!(certificates_in(&content).unwrap(), 10_000);
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn the_bundled_certificates_build_a_verifier() {
        assert!(bundled(&Arc::new(ring::default_provider())).is_ok());
    }
}
