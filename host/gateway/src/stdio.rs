//! MCP over standard input and output, or any other pair of streams.
use crate::{
    gateway::Gateway,
    handler::{Door, Endpoint},
};
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// Bytes of one message.
const LINE: usize = 1 << 20;

/// What ended a stdio server before its time.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client never completed the handshake.
    #[error("the client did not begin an MCP session on standard input")]
    Handshake(#[source] Box<rmcp::service::ServerInitializeError>),
}

/// Serves standard input and output until the client closes them or `stop` fires; then calls in flight settle. Only MCP messages
/// may go to standard output: logs belong on standard error.
pub async fn serve_stdio(gateway: Gateway, stop: CancellationToken) -> Result<(), StdioError> {
    let (read, write) = rmcp::transport::stdio_pipes();
    Box::pin(serve_streams(gateway, read, write, stop)).await
}

/// The same over any streams.
pub async fn serve_streams<R, W>(gateway: Gateway, read: R, write: W, stop: CancellationToken) -> Result<(), StdioError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let transport = AsyncRwTransport::new(read, write).with_max_line_length(LINE);
    let ended = CancellationToken::new();
    let endpoint = Endpoint::new(gateway.clone(), Door::Stdio);
    let serving = async {
        let served = rmcp::service::serve_server_with_ct(endpoint, transport, ended.clone()).await;
        match served {
            Ok(service) => {
                // Its end says how the streams ended; either way the calls are drained below.
                let _ = service.waiting().await;
                Ok(())
            }
            Err(_) if ended.is_cancelled() => Ok(()),
            // Closed without a word: not an error.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(StdioError::Handshake(Box::new(error))),
        }
    };
    tokio::pin!(serving);
    let served = tokio::select! {
        served = &mut serving => served,
        () = stop.cancelled() => {
            // The streams stay open while calls settle, so that their results still go out.
            gateway.drain().await;
            ended.cancel();
            serving.await
        }
    };
    gateway.drain().await;
    served
}
