//! What the caller holds of an object: a number in the shape of a pointer, which nothing ever follows.
#![forbid(unsafe_code)]

use crate::pointers::null;
use std::marker::PhantomData;
use std::ptr::{without_provenance, without_provenance_mut};
use xilnex_auth::Error;
use xilnex_auth_handles::Table;

/// Types, by the numbers that tell their handles apart.
#[derive(Clone, Copy)]
pub enum Type {
    Client = 1,
    Config,
    Token,
    Error,
    Stats,
    Event,
    Subscription,
}

/// An object that the caller holds by a handle.
pub trait Object: Sized + Send + Sync + 'static {
    /// What lies beside it for those who do not want to be counted.
    type Beside: Default + Sync + 'static;

    fn table() -> &'static Table<Self, Self::Beside>;

    /// Sets what lies beside it.
    fn furnish(&self, _beside: &Self::Beside) {}
}

/// The table of a type.
pub const fn table<T, B: Default>(own_type: Type) -> Table<T, B> {
    Table::new(own_type as usize)
}

/// Gives an object to the caller, who frees it.
pub fn make<T: Object>(object: T) -> Result<*mut T, Error> {
    let number = T::table().insert_furnished(object, T::furnish);
    number.map(without_provenance_mut).ok_or_else(|| {
        Error::invalid_config("there is no room for another handle: free those that are no longer used")
    })
}

/// Works with the object of a handle; a dead one is the caller's mistake, told by the argument's name.
#[inline]
pub fn with<T: Object, R>(
    handle: *const T,
    argument: &str,
    work: impl FnOnce(&T) -> Result<R, Error>,
) -> Result<R, Error> {
    T::table().with(handle.addr(), work).unwrap_or_else(|| Err(told(handle, argument)))
}

/// What the object of a handle tells; nothing if that is dead.
pub fn read<T: Object, R>(handle: *const T, get: impl FnOnce(&T) -> R) -> Option<R> {
    T::table().with(handle.addr(), get)
}

/// What is told by what lies beside the object of a handle; nothing if that is dead.
#[inline]
pub fn beside<T: Object, R>(handle: *const T, get: impl FnOnce(&T::Beside) -> R) -> Option<R> {
    T::table().beside(handle.addr(), get)
}

/// Ends the object of a handle; nothing happens if that is dead.
pub fn free<T: Object>(handle: *const T) -> Option<()> {
    T::table().remove(handle.addr())
}

/// A handle that the caller has for a while: when this is dropped, it is dead.
pub struct Lent<T: Object> {
    number: usize,
    of: PhantomData<fn() -> T>,
}

impl<T: Object> Lent<T> {
    pub fn new(object: T) -> Result<Lent<T>, Error> {
        make(object).map(|handle| Lent { number: handle.addr(), of: PhantomData })
    }

    pub fn handle(&self) -> *const T {
        without_provenance(self.number)
    }
}

impl<T: Object> Drop for Lent<T> {
    fn drop(&mut self) {
        free(self.handle());
    }
}

#[cold]
fn told<T>(handle: *const T, argument: &str) -> Error {
    if handle.is_null() {
        return null(argument);
    }
    Error::invalid_config(format!(
        "the argument {argument} is not a handle of its type, or was freed: give one that is in use"
    ))
}
