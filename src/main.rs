//! The command `apicert`.

fn main() {}
