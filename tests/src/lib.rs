//! What tests through the public doors share: the programs as processes of their own, a line that
//! can be cut, pictures of labels, and the door job as a script.
#![allow(clippy::disallowed_methods, reason = "tests watch real processes by the real clock")]

pub mod binaries;
pub mod crash;
pub mod desk;
pub mod device;
pub mod dice;
pub mod folders;
pub mod fuzz;
pub mod golden;
pub mod hq;
pub mod line;
pub mod machine;
pub mod needles;
pub mod notes;
pub mod paper;
pub mod pictures;
pub mod poison;
pub mod said;
pub mod scene;
pub mod shop;
pub mod small_disk;
pub mod sound;
pub mod speaker;
pub mod story;
pub mod window;

/// Panics inside third-party libraries, which these tests provoke by the thousand, are no longer
/// printed; all others are.
pub fn only_own_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("/registry/")) {
            usual(panic);
        }
    }));
}
