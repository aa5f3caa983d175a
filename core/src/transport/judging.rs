//! A verifier of certificates that has its own say about whose they are, and leaves signatures to another one.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::fmt;
use std::sync::Arc;

/// Who decides about certificates.
pub type Judge = Arc<dyn ServerCertVerifier>;

/// What a server shows, when, and by which name it was asked.
pub struct Shown<'a> {
    /// The server's own certificate.
    pub certificate: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    ocsp: &'a [u8],
    now: UnixTime,
}

impl Shown<'_> {
    /// What this judge says to it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn to(&self, judge: &dyn ServerCertVerifier) -> Result<ServerCertVerified, Error> {
        judge.verify_server_cert(self.certificate, self.intermediates, self.name, self.ocsp, self.now)
    }
}

/// Judges by `verdict`.
pub struct Judging<F> {
    /// Who judges signatures.
    pub signatures: Judge,
    /// Whether the server is the one that it says.
    pub verdict: F,
}

impl<F> fmt::Debug for Judging<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judging").field("signatures", &self.signatures).finish_non_exhaustive()
    }
}

impl<F> ServerCertVerifier for Judging<F>
where
    F: Fn(&Shown<'_>) -> Result<ServerCertVerified, Error> + Send + Sync,
{
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        (self.verdict)(&Shown { certificate, intermediates, name, ocsp, now })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signatures.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signatures.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signatures.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.signatures.requires_raw_public_keys()
    }
}
