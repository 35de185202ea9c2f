//! The endpoint, and who has it at the moment.
//!
//! Payloads may be a program's own memory, and what frees them its own function, which may do anything
//! with the connection. So those that the endpoint is done with are dropped when nobody has it any more.

use crate::protocol::{Endpoint, SharedPayload};
use std::cell::{BorrowError, BorrowMutError, Ref, RefCell, RefMut};
use std::ops::{Deref, DerefMut};

pub(super) struct EndpointCell(RefCell<Endpoint>);

impl EndpointCell {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self(RefCell::new(endpoint))
    }

    pub(super) fn borrow(&self) -> Ref<'_, Endpoint> {
        self.0.borrow()
    }

    pub(super) fn try_borrow(&self) -> Result<Ref<'_, Endpoint>, BorrowError> {
        self.0.try_borrow()
    }

    /// What else the caller has borrowed is to be given back before the result is.
    pub(super) fn borrow_mut(&self) -> EndpointMut<'_> {
        self.0.borrow_mut().into()
    }

    /// As [`borrow_mut`](Self::borrow_mut).
    pub(super) fn try_borrow_mut(&self) -> Result<EndpointMut<'_>, BorrowMutError> {
        self.0.try_borrow_mut().map(Into::into)
    }
}

/// The endpoint, for a change of it.
pub(super) struct EndpointMut<'a> {
    endpoint: RefMut<'a, Endpoint>,
    /// Dropped behind the other, as the order of fields has it.
    done_with: Vec<Box<dyn SharedPayload>>,
}

impl<'a> From<RefMut<'a, Endpoint>> for EndpointMut<'a> {
    fn from(endpoint: RefMut<'a, Endpoint>) -> Self {
        Self {
            endpoint,
            done_with: Vec::new(),
        }
    }
}

impl Deref for EndpointMut<'_> {
    type Target = Endpoint;

    fn deref(&self) -> &Endpoint {
        &self.endpoint
    }
}

impl DerefMut for EndpointMut<'_> {
    fn deref_mut(&mut self) -> &mut Endpoint {
        &mut self.endpoint
    }
}

impl Drop for EndpointMut<'_> {
    fn drop(&mut self) {
        self.done_with = self.endpoint.take_done_with();
    }
}
