//! The command `apicert`.

use std::process::ExitCode;

fn main() -> ExitCode {
    apicert::main()
}
