//! Reads the body of Huawei Cloud's "create SSL certificate" call, says what is wrong with it, and
//! predicts what the service will answer.

pub mod api;
pub mod clock;
pub mod facts;
pub mod fix;
pub mod problem;
pub mod rules;
pub mod source;
