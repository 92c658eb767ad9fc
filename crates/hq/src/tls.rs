//! HQ's self-signed certificate. Devices do not ask a certification authority: the enrolment
//! ticket carries the certificate's hash, and they accept that one only.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::home::{Home, HomeError};

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "certificate.key";

/// Why the certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// It cannot be made.
    #[error("the certificate cannot be made: {0}")]
    Making(#[from] rcgen::Error),
    /// The files do not hold a certificate and its key.
    #[error("the certificate files are unreadable: {0}")]
    Unreadable(String),
    /// TLS refuses them.
    #[error("TLS refuses the certificate: {0}")]
    Tls(#[from] rustls::Error),
    /// A file.
    #[error("{0}")]
    File(String),
}

/// Makes the certificate if there is none. The names in it do not matter: devices compare its hash.
pub(crate) fn ensure(home: &Home) -> Result<(), TlsError> {
    if read(home, CERTIFICATE).is_ok() {
        return Ok(());
    }
    let made =
        rcgen::generate_simple_self_signed(["doorstep-hq".to_owned(), "localhost".to_owned()])?;
    let file = |error: HomeError| TlsError::File(error.to_string());
    home.write_secret(KEY, &made.signing_key.serialize_pem()).map_err(file)?;
    home.write_secret(CERTIFICATE, &made.cert.pem()).map_err(file)
}

/// The certificate's pin: SHA-256 of its DER bytes, 64 hex digits.
///
/// # Errors
/// [`TlsError`].
pub fn pin(home: &Home) -> Result<String, TlsError> {
    Ok(hex::encode(Sha256::digest(certificate(home)?.as_ref())))
}

/// What the server presents.
///
/// # Errors
/// [`TlsError`].
pub fn server_config(home: &Home) -> Result<Arc<ServerConfig>, TlsError> {
    let key = PrivateKeyDer::from_pem_slice(read(home, KEY)?.as_bytes())
        .map_err(|error| TlsError::Unreadable(error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate(home)?], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificate(home: &Home) -> Result<CertificateDer<'static>, TlsError> {
    CertificateDer::from_pem_slice(read(home, CERTIFICATE)?.as_bytes())
        .map_err(|error| TlsError::Unreadable(error.to_string()))
}

fn read(home: &Home, name: &str) -> Result<String, TlsError> {
    home.read(name)
        .map_err(|error| TlsError::File(error.to_string()))?
        .ok_or_else(|| TlsError::File(format!("{name} is missing")))
}
