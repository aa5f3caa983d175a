//! Certificates for servers of the tests.

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use std::path::Path;

/// Writes the certificate of a new authority, and a key and certificate for this host that it signed: ca.pem, leaf.pem, key.pem.
pub fn issue(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(folder.join("ca.pem"), ca.self_signed(&ca_key)?.pem())?;
    let key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(["localhost".into(), "127.0.0.1".into()])?;
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let issuer = Issuer::new(ca, ca_key);
    std::fs::write(folder.join("leaf.pem"), leaf.signed_by(&key, &issuer)?.pem())?;
    std::fs::write(folder.join("key.pem"), key.serialize_pem())?;
    Ok(())
}
