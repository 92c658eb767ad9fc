//! A tablet whose line to HQ can be cut, and what HQ logs of it.

use std::{fs, path::PathBuf};

use crate::{
    device::Device,
    line::Line,
    notes::note,
    shop::{SETTLE, Shop},
};

/// HQ and the tablet of the door job's engineer, with the line between them.
pub struct Scene {
    /// HQ, and room for devices.
    pub shop: Shop,
    /// The tablet's line.
    pub line: Line,
    /// The tablet.
    pub tablet: Device,
    /// The file that HQ logs to.
    pub log: PathBuf,
}

impl Scene {
    /// Opens HQ with so many visits and sends it one note of the tablet.
    pub async fn open(visits: u32, first_note: &str) -> Scene {
        let mut shop = Shop::open(visits);
        let log = shop.rooms.path().join("hq.log");
        shop.hq.restart_logging(&log);
        let (tablet, line) = shop.tablet_on_a_line().await;
        note(&tablet, &shop.job, first_note).await;
        tablet.sync_until_settled(SETTLE).await;
        Scene { shop, line, tablet, log }
    }

    /// How often HQ has taken a device's chain for forked.
    pub fn forks(&self) -> usize {
        fs::read_to_string(&self.log).expect("a log").matches("a chain forked").count()
    }
}
