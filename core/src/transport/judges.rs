//! Two who decide about certificates: the one of the user's file, and the system's, which takes milliseconds to read all
//! that it trusts and is asked only where the other one does not trust.

use super::judging::{Judge, Judging, Shown};
use rustls::{CertificateError, Error};
use std::sync::Arc;

/// Trusts what one of both trusts. `system` makes the second one.
pub fn either(own: Judge, system: impl Fn() -> Result<Judge, Error> + Send + Sync + 'static) -> Judge {
    let signatures = own.clone();
    Arc::new(Judging {
        signatures,
        verdict: move |shown: &Shown<'_>| {
            shown.to(&*own).or_else(|told| match shown.to(&*system()?) {
                // Who knows the authority knows what is wrong.
                Err(_) if told != Error::InvalidCertificate(CertificateError::UnknownIssuer) => Err(told),
                judged => judged,
            })
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::crypto::ring;
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Authority {
        issuer: Issuer<'static, KeyPair>,
        certificate: CertificateDer<'static>,
    }

    fn authority(name: &str) -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        Authority { issuer: Issuer::new(parameters, key), certificate }
    }

    impl Authority {
        fn server(&self) -> CertificateDer<'static> {
            let key = KeyPair::generate().unwrap();
            let parameters = CertificateParams::new(["till.example".to_owned()]).unwrap();
            parameters.signed_by(&key, &self.issuer).unwrap().der().clone()
        }

        fn judge(&self) -> Arc<WebPkiServerVerifier> {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.clone()).unwrap();
            let provider = Arc::new(ring::default_provider());
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
        }
    }

    fn judged(
        judge: &dyn ServerCertVerifier,
        certificate: &CertificateDer<'_>,
        name: &str,
    ) -> Result<(), Error> {
        let name = ServerName::try_from(name).unwrap();
        judge.verify_server_cert(certificate, &[], &name, &[], UnixTime::now()).map(drop)
    }

    #[test]
    fn the_system_is_asked_where_the_user_s_file_does_not_trust() {
        let (own, known, unknown) = (authority("own"), authority("known"), authority("unknown"));
        let asked = Arc::new(AtomicUsize::new(0));
        let (counted, system) = (asked.clone(), known.judge());
        let judges = either(own.judge(), move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(system.clone() as Judge)
        });
        let unknown_issuer = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert_eq!(judged(&*judges, &own.server(), "till.example"), Ok(()));
        assert_eq!(asked.load(Ordering::SeqCst), 0);
        assert_eq!(judged(&*judges, &known.server(), "till.example"), Ok(()));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(judged(&*judges, &unknown.server(), "till.example"), Err(unknown_issuer.clone()));
        for authority in [&own, &known] {
            let told = judged(&*judges, &authority.server(), "other.example").unwrap_err();
            assert!(told != unknown_issuer && told.to_string().contains("name"), "{told}");
        }
    }

    #[test]
    fn a_system_without_certificates_matters_only_where_it_is_asked() {
        let own = authority("own");
        let judges = either(own.judge(), || Err(Error::General("nothing to trust".into())));
        assert_eq!(judged(&*judges, &own.server(), "till.example"), Ok(()));
        let told = judged(&*judges, &authority("unknown").server(), "till.example").unwrap_err();
        assert!(told.to_string().contains("nothing to trust"), "{told}");
    }
}
