//! The engine against a virtual clock and a scripted transport.

mod doubles;
mod closing;
mod laws;
mod leases;
mod events;
mod restraint;
mod skew;
mod store;
mod threads;
mod waiting;
