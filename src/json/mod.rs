//! The request body as located JSON.

pub mod body;
pub mod fields;
pub mod nested;
pub mod syntax;
