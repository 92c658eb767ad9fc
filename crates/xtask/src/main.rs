//! Every task of the project as one recipe: `cargo xtask <task>`.
//!
//! The tasks run programs, show which step is under way and how long each took, and end with the
//! code of the step that failed. Whatever they start is ended with them, on Ctrl-C and SIGTERM too.

use std::process::ExitCode;

use failure::{Failure, Result};
use workspace::Workspace;

mod bench;
mod bundle;
mod codegen;
mod demo;
mod failure;
mod fuzz;
mod ignored;
mod process;
mod screen_tests;
mod screens;
mod sim;
mod steps;
mod system_packages;
mod tally;
mod test;
mod tidy;
mod workspace;

const USAGE: &str = "\
Usage: cargo xtask <task>

  demo                     build the product and play the door story; PDFs land in target/demo;
                           with a display, an engineer's and a clerk's window open afterwards
  test                     everything that must pass: format, tidy, the screens' checks, clippy,
                           build, tests, codegen, the screens in a browser and in the window
  screens [--docs]         pictures of every screen into target/screens; --docs renews those in docs/screens
  bundle [--check]         make the .deb; --check installs it, starts it and removes it again
  bench [NAME] [--write]   measure (labels, photos, search, door, sync, screens, window, crash,
                           poison); --write puts it into its document; sync --peers sets up other
                           systems beside it
  sim [--seed N] [--count M] [--trace] [--planted] [--release]
                           run seeds of the simulation, each twice; --trace tells one seed's story,
                           --planted plants each known bug and counts the seeds until it is found
  fuzz [TARGET] [--seconds N]  throw mutated bytes at every decoder of outside bytes, or at one;
                           60 seconds each unless told otherwise
  codegen                  regenerate the TypeScript types in ui/src/generated
  tidy [--freeze]          check the rules of the repository; --freeze records new migrations as released
  setup                    install the system packages that the other tasks need
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = process::end_descendants_on_signals().and_then(|()| dispatch(&arguments));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    let workspace = Workspace::of_this_build();
    match arguments {
        ["demo"] => demo::run(&workspace),
        ["test"] => test::run(&workspace),
        ["screens"] => screens::pictures(&workspace, false),
        ["screens", "--docs"] => screens::pictures(&workspace, true),
        ["bench", rest @ ..] => bench::run(&workspace, rest),
        ["sim", options @ ..] => sim::run(&workspace, options),
        ["fuzz", rest @ ..] => fuzz::run(&workspace, rest),
        ["codegen"] => codegen::write(&workspace),
        ["tidy"] => tidy::check(&workspace),
        ["tidy", "--freeze"] => tidy::freeze_migrations(&workspace),
        ["bundle"] => bundle::make(&workspace).map(drop),
        ["bundle", "--check"] => bundle::check(&workspace),
        ["setup"] => system_packages::install(&[
            system_packages::BUILD,
            system_packages::WINDOW,
            system_packages::TEST,
        ]),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::Usage(USAGE.to_owned())),
    }
}
