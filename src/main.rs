//! Parses the command line, runs it, says what went wrong.

use std::process::ExitCode;

use archipelago::cli::{self, Cli};
use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // TLS to PostgreSQL needs a provider; this is the only one in the binary, so none was installed before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let system = actix_web::rt::System::new();
    match system.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("archipelago: {failure}");
            failure.exit_code()
        }
    }
}
