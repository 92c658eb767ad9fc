//! Opens an engineer's and a clerk's window beside an HQ with sample data, both enrolled, and stays
//! until both are closed. It needs a display.

use doorstep_tests::{device::PIN, shop::Shop, story::offset_to_story_day, window::Window};
use std::{path::Path, time::Duration};

/// Enough visits that the board and the search have something to show.
const VISITS: u32 = 60;

#[tokio::main]
async fn main() {
    let shop = Shop::open(VISITS);
    let profiles = ["tablet", "laptop"].map(|name| shop.rooms.path().join(name));
    // A profile belongs to one process: the devices enrol and go before the windows come.
    drop(shop.tablet().await);
    drop(shop.laptop().await);

    println!("工程师和店员的窗口已打开，口令都是 {PIN}；关掉两个窗口或按 Ctrl-C 结束。");
    println!("An engineer's and a clerk's window are open; the PIN of both is {PIN}.");
    println!("HQ runs at {} until both are closed, or Ctrl-C is pressed.", shop.hq.address());
    tokio::select! {
        () = closed(&profiles) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn closed(profiles: &[impl AsRef<Path>]) {
    let open = |profile: &_| Window::open(AsRef::as_ref(profile), offset_to_story_day());
    let mut windows: Vec<Window> = profiles.iter().map(open).collect();
    while windows.iter_mut().any(Window::is_open) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
