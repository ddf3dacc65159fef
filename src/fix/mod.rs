//! Repairs: made in rounds, and verified.

pub mod rounds;
pub(crate) mod verify;
