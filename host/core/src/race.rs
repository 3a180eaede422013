//! The far end against stop and deadline: the only race on the road.
use crate::{BoxFuture, Stop};
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};

pub(crate) type Deadline = BoxFuture<'static, ()>;

/// A future that may be asked again after it was ready, and then is ready still: a call is raced against the same stop many times.
pub(crate) fn kept(future: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
    let mut left = Some(future);
    Box::pin(poll_fn(move |cx| {
        if let Some(future) = &mut left {
            std::task::ready!(future.as_mut().poll(cx));
            left = None;
        }
        Poll::Ready(())
    }))
}

pub(crate) enum Won<T> {
    First(T),
    Stopped,
    Late,
}

/// Biased: a stop or a deadline wins over bytes that are ready, or a flood would outrun both.
pub(crate) async fn first<T>(next: impl Future<Output = T>, stop: &mut Stop, deadline: &mut Deadline) -> Won<T> {
    let mut next = pin!(next);
    poll_fn(|cx| {
        if Pin::new(&mut *stop).poll(cx).is_ready() {
            return Poll::Ready(Won::Stopped);
        }
        if Pin::new(&mut *deadline).poll(cx).is_ready() {
            return Poll::Ready(Won::Late);
        }
        next.as_mut().poll(cx).map(Won::First)
    })
    .await
}
