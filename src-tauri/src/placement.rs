//! Where the window was, kept in the profile as `window.json`.

use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow};

const FILE: &str = "window.json";
/// The least width of the title bar, in pixels, that must lie on a monitor to be grasped.
const GRIP: i64 = 80;
/// How far down from its top a title bar is looked for.
const TITLE_BAR: i64 = 16;

/// Place and size in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Placement {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    maximized: bool,
}

/// A monitor's area in the same pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Puts the window where it was; a window that would be out of reach stays where the system puts
/// it. Nothing here keeps the window from opening.
pub(crate) fn restore(window: &WebviewWindow, folder: &Path) {
    let Some(placement) = read(&folder.join(FILE)) else { return };
    if let Err(error) = apply(window, placement) {
        tracing::warn!(%error, "the window's place was not restored");
    }
}

fn apply(window: &WebviewWindow, placement: Placement) -> tauri::Result<()> {
    let areas: Vec<Area> = window
        .available_monitors()?
        .iter()
        .map(|monitor| Area {
            x: monitor.position().x,
            y: monitor.position().y,
            width: monitor.size().width,
            height: monitor.size().height,
        })
        .collect();
    let Some(placement) = within_reach(placement, &areas) else { return Ok(()) };
    window.set_size(PhysicalSize::new(placement.width, placement.height))?;
    window.set_position(PhysicalPosition::new(placement.x, placement.y))?;
    if placement.maximized {
        window.maximize()?;
    }
    Ok(())
}

/// The placement, made no larger than its monitor; `None` when its title bar lies on none.
fn within_reach(placement: Placement, areas: &[Area]) -> Option<Placement> {
    let area = areas.iter().find(|area| {
        let left = i64::from(placement.x).max(i64::from(area.x));
        let right = (i64::from(placement.x) + i64::from(placement.width))
            .min(i64::from(area.x) + i64::from(area.width));
        let bar = i64::from(placement.y) + TITLE_BAR;
        let rows = i64::from(area.y)..i64::from(area.y) + i64::from(area.height);
        right - left >= GRIP && rows.contains(&bar)
    })?;
    Some(Placement {
        width: placement.width.min(area.width),
        height: placement.height.min(area.height),
        ..placement
    })
}

/// Writes down where the window is.
pub(crate) fn remember(window: &WebviewWindow, folder: &Path) {
    let kept = current(window)
        .map_err(io::Error::other)
        .and_then(|placement| write(&folder.join(FILE), placement));
    if let Err(error) = kept {
        tracing::warn!(kind = %error.kind(), "the window's place was not kept");
    }
}

fn current(window: &WebviewWindow) -> tauri::Result<Placement> {
    let (position, size) = (window.outer_position()?, window.inner_size()?);
    Ok(Placement {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
        maximized: window.is_maximized()?,
    })
}

fn read(path: &Path) -> Option<Placement> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// The old file stays whole until the new one is on the disk.
fn write(path: &Path, placement: Placement) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&placement)?)?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Area = Area { x: 0, y: 0, width: 1280, height: 800 };
    const RIGHT: Area = Area { x: 1280, y: 0, width: 1920, height: 1080 };

    fn at(x: i32, y: i32, width: u32, height: u32) -> Placement {
        Placement { x, y, width, height, maximized: false }
    }

    #[test]
    fn a_place_on_a_monitor_is_kept() {
        let placement = at(1400, 40, 1000, 700);
        assert_eq!(within_reach(placement, &[SMALL, RIGHT]), Some(placement));
    }

    #[test]
    fn a_place_on_a_monitor_that_is_gone_is_not() {
        assert_eq!(within_reach(at(1400, 40, 1000, 700), &[SMALL]), None);
        assert_eq!(within_reach(at(100, -900, 1000, 700), &[SMALL]), None);
        assert_eq!(within_reach(at(i32::MAX, i32::MIN, u32::MAX, 1), &[SMALL]), None);
        assert_eq!(within_reach(at(0, 0, 800, 600), &[]), None);
    }

    #[test]
    fn a_window_larger_than_its_monitor_shrinks() {
        assert_eq!(within_reach(at(0, 0, 2560, 1440), &[SMALL]), Some(at(0, 0, 1280, 800)));
    }

    #[test]
    fn what_was_written_is_read_and_anything_else_is_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(read(&path), None);
        let placement = Placement { maximized: true, ..at(-3, 4, 500, 600) };
        write(&path, placement).unwrap();
        write(&path, placement).unwrap();
        assert_eq!(read(&path), Some(placement));
        std::fs::write(&path, "{\"x\":1").unwrap();
        assert_eq!(read(&path), None);
    }
}
