// SPDX-License-Identifier: BSL-1.0
// TLS for tokio-postgres with OpenSSL: what the crate postgres-openssl does, which Debian does not package.
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_openssl::SslStream;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
pub struct OpenSsl(SslConnector);

impl OpenSsl {
    /// Made once, since it reads all certificates of the system. Checks none, as `sslmode=require` does.
    pub fn shared() -> OpenSsl {
        static CONNECTOR: OnceLock<OpenSsl> = OnceLock::new();
        let make = || {
            let mut builder = SslConnector::builder(SslMethod::tls_client()).expect("OpenSSL");
            builder.set_verify(SslVerifyMode::NONE);
            OpenSsl(builder.build())
        };
        CONNECTOR.get_or_init(make).clone()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for OpenSsl {
    type Stream = Stream<S>;
    type TlsConnect = OpenSsl;
    type Error = Failure;

    fn make_tls_connect(&mut self, _host: &str) -> Result<OpenSsl, Failure> {
        Ok(self.clone())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for OpenSsl {
    type Stream = Stream<S>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream<S>, Failure>> + Send>>;

    fn connect(self, socket: S) -> Self::Future {
        Box::pin(async move {
            let ssl = self.0.configure()?.verify_hostname(false).into_ssl("localhost")?;
            let mut stream = SslStream::new(ssl, socket)?;
            Pin::new(&mut stream).connect().await?;
            Ok(Stream(stream))
        })
    }
}

pub struct Stream<S>(SslStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(mut self: Pin<&mut Self>, c: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(c, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, c: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(c, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(c)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(c)
    }
}
