//! The far end against stop and deadline: the only race on the road.
use crate::{BoxFuture, Stop};
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};

pub(crate) type Deadline = BoxFuture<'static, ()>;

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
