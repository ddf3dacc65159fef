//! The command `apicert`.

use std::process::ExitCode;

fn main() -> ExitCode {
    apicert::cli::main()
}
