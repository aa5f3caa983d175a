//! The certificates of a sandbox with TLS: an authority of its own, and what servers show, rightly or wrongly.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What may be wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is for another host.
    WrongHost,
    /// It was signed by an authority that nobody was told of.
    UnknownAuthority,
    /// It was signed by nobody but its own key.
    SelfSigned,
    /// It is an authority's, not a server's.
    AuthorityAsServer,
}

/// The authority of one sandbox; its key goes with it.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    /// Makes a new one of this name.
    pub fn new(name: &str) -> io::Result<Authority> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = authority_params(name);
        let certificate = params.self_signed(&key).map_err(io::Error::other)?.pem();
        Ok(Authority { issuer: Issuer::new(params, key), certificate })
    }

    /// Its certificate in PEM, for clients to trust.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// What a server needs to speak TLS with a certificate of this authority, or with a wrong one.
    pub fn server_config(&self, forgery: Option<Forgery>) -> io::Result<Arc<ServerConfig>> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = server_params(forgery)?;
        let certificate = match forgery {
            Some(Forgery::SelfSigned) => params.self_signed(&key),
            Some(Forgery::UnknownAuthority) => {
                params.signed_by(&key, &Authority::new("somebody else")?.issuer)
            }
            _ => params.signed_by(&key, &self.issuer),
        };
        let certificate = certificate.map_err(io::Error::other)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map(Arc::new)
            .map_err(io::Error::other)
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    be_valid(&mut params);
    params
}

/// From yesterday, for a year.
fn be_valid(params: &mut CertificateParams) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    params.not_before = date_time_ymd(1970, 1, 1) + now.saturating_sub(DAY);
    params.not_after = params.not_before + 366 * DAY;
}

fn server_params(forgery: Option<Forgery>) -> io::Result<CertificateParams> {
    let hosts: &[&str] = match forgery {
        Some(Forgery::WrongHost) => &["other.example"],
        _ => &["localhost", "127.0.0.1"],
    };
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    let mut params = CertificateParams::new(hosts).map_err(io::Error::other)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    be_valid(&mut params);
    match forgery {
        Some(Forgery::Expired) => {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        Some(Forgery::NotYetValid) => {
            params.not_before = date_time_ymd(2090, 1, 1);
            params.not_after = date_time_ymd(2091, 1, 1);
        }
        Some(Forgery::AuthorityAsServer) => {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        _ => {}
    }
    Ok(params)
}
