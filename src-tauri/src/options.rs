//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Doorstep 上门换新: trade-ins at the door, offline.
#[derive(Debug, Clone, Default, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 closed, 1 could not start, 2 wrong command line, \
                  3 the profile is in use by another window."
)]
pub(crate) struct Options {
    /// The folder of this installation's data; made if it does not exist [default: the system's
    /// folder for application data]. Windows on different folders run side by side.
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// Shows the wall clock wrong by this many milliseconds, for sample data of a certain day.
    #[arg(long, hide = true, default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) clock_offset_ms: i64,
    /// Gives the screens WebKit's mock camera.
    #[cfg(all(debug_assertions, target_os = "linux"))]
    #[arg(long, hide = true)]
    pub(crate) mock_camera: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_need_be_said() {
        let options = Options::try_parse_from(["doorstep"]).unwrap();
        assert_eq!((options.profile, options.clock_offset_ms), (None, 0));
    }

    #[test]
    fn a_clock_may_run_behind() {
        let line = ["doorstep", "--profile", "p", "--clock-offset-ms=-5"];
        let options = Options::try_parse_from(line).unwrap();
        assert_eq!((options.profile, options.clock_offset_ms), (Some("p".into()), -5));
    }

    #[test]
    fn the_mock_camera_is_known_to_development_builds_only() {
        let known = Options::try_parse_from(["doorstep", "--mock-camera"]).is_ok();
        assert_eq!(known, cfg!(all(debug_assertions, target_os = "linux")));
    }
}
