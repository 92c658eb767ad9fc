//! `doorstep-hq`: see `doorstep-hq --help`.

fn main() -> std::process::ExitCode {
    doorstep_hq::cli::run()
}
