//! A web server with TLS on loopback, and the authority that its certificates are by.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An authority of a test's own.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap().pem();
        Self {
            certificate,
            issuer: Issuer::new(parameters, key),
        }
    }

    /// Writes its certificate to a file, for those who shall trust it.
    pub fn write(&self, file: &Path) {
        std::fs::write(file, &self.certificate).unwrap();
    }

    /// Speaks TLS for a name, with a certificate that ends on a day.
    pub fn acceptor(&self, name: &str, until: DateTime<Utc>) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let day = until.date_naive();
        let (month, day_of_month) = (day.month() as u8, day.day() as u8);
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = date_time_ymd(day.year(), month, day_of_month);
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// Starts a server for a name, with a certificate that ends on a day. It answers everything with an empty page.
    pub async fn server(&self, name: &str, until: DateTime<Utc>) -> SocketAddr {
        let acceptor = self.acceptor(name, until);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Who does not trust us says so and goes.
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut request = [0; 4_096];
                    drop(stream.read(&mut request).await);
                    let answer =
                        "HTTP/1.1 200 As told\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                    drop(stream.write_all(answer.as_bytes()).await);
                    drop(stream.shutdown().await);
                });
            }
        });
        address
    }
}
