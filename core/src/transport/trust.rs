//! Which certificates are trusted: the system's, the bundled ones where there are none, and the user's file.

use crate::config::{option, refusal};
use crate::error::{Error, Kind};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// No collection of certificates is larger than this; the whole web's take a twentieth of it.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A TLS configuration for one connection, TLS 1.2 or newer. Read anew each time, so that a replaced
/// certificate file takes effect at the next request.
///
/// # Errors
/// `invalid_config` when `ca_file` holds no certificate; `tls` when no certificate can be trusted at all.
pub fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let mut extra = ca_file.map(certificates).transpose()?.unwrap_or_default();
    // Only the verifier for Linux and the BSDs knows this variable.
    if cfg!(any(not(unix), target_vendor = "apple", target_os = "android"))
        && let Some(path) = std::env::var_os("SSL_CERT_FILE")
    {
        extra.extend(read_pem(Path::new(&path)).map_err(|told| untrusted(&format!("SSL_CERT_FILE {told}")))?);
    }
    let verifier = verifier(extra, &provider)?;
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
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    read_pem(path)
        .map_err(|told| refusal(option("ca_file"), &format!("{told}: give a PEM file with certificates")))
}

fn read_pem(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unusable = |problem: &dyn std::fmt::Display| format!("cannot be used: {}: {problem}", path.display());
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(|problem| unusable(&problem))?;
    file.take(LARGEST + 1).read_to_end(&mut pem).map_err(|problem| unusable(&problem))?;
    if pem.len() as u64 > LARGEST {
        return Err(unusable(&"larger than 4 MiB"));
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|problem| unusable(&problem))?;
    // One that cannot be used must not take the others with it.
    let is_usable =
        |certificate: &CertificateDer<'static>| RootCertStore::empty().add(certificate.clone()).is_ok();
    let usable: Vec<_> = found.into_iter().filter(is_usable).collect();
    if usable.is_empty() { Err(unusable(&"no certificate in it")) } else { Ok(usable) }
}

fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    // Asked without the extra certificates first: given any, it would not say that the system has none.
    match Verifier::new(provider.clone()) {
        Ok(system) if extra.is_empty() => Ok(Arc::new(system)),
        Ok(_) => Verifier::new_with_extra_roots(extra, provider.clone())
            .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
            .map_err(|problem| untrusted(&problem.to_string())),
        Err(_) => {
            match ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().find(|name| std::env::var_os(name).is_some())
            {
                // A store that was named and is empty is a mistake to be told, not to be papered over.
                Some(name) => {
                    Err(untrusted(&format!("the environment variable {name} names no readable certificate")))
                }
                None => bundled(extra, provider),
            }
        }
    }
}

/// For containers without a certificate store.
fn bundled(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(extra);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|problem| untrusted(&problem.to_string()))
}

fn untrusted(told: &str) -> Error {
    Error::new(Kind::Tls, format!("no certificates to trust: {told}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for content in ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(file.path(), content).unwrap();
            let told = certificates(file.path()).unwrap_err();
            assert!(told.message().contains("ca_file (XILNEX_CA_FILE)"), "{told}");
        }
        assert!(certificates(Path::new("/nonexistent.pem")).is_err());
    }

    #[test]
    fn the_bundled_certificates_build_a_verifier() {
        assert!(bundled(Vec::new(), &Arc::new(ring::default_provider())).is_ok());
    }
}
