//! The request body as located JSON.

pub mod body;
pub mod fields;
pub mod nested;
mod other_format;
pub mod syntax;
