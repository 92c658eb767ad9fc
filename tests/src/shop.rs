//! HQ with sample data, and devices of its people.

use std::{net::SocketAddr, time::Duration};

use crate::{
    device::Device,
    hq::Hq,
    line::Line,
    story::{Job, offset_to_story_day},
};

/// How long a device may need until HQ has everything.
pub const SETTLE: Duration = Duration::from_secs(60);

/// An HQ in a temporary folder with room for devices beside it.
pub struct Shop {
    /// Holds the folders of HQ and of every device.
    pub rooms: tempfile::TempDir,
    /// HQ.
    pub hq: Hq,
    /// The door job.
    pub job: Job,
}

impl Shop {
    /// Opens HQ with sample data for so many visits.
    pub fn open(visits: u32) -> Shop {
        Shop::open_in(tempfile::tempdir().expect("a temporary folder"), visits)
    }

    /// The same in a folder that was prepared.
    pub fn open_in(rooms: tempfile::TempDir, visits: u32) -> Shop {
        let hq = Hq::with_sample_data(&rooms.path().join("hq"), visits);
        let job = Job::of(&hq);
        Shop { rooms, hq, job }
    }

    /// An enrolled device of a person, straight on HQ's address.
    pub async fn device(&self, name: &str, person: &str) -> Device {
        self.enrolled(name, person, self.hq.address()).await
    }

    /// An enrolled device of a person, on a line of its own that can be cut.
    pub async fn on_a_line(&self, name: &str, person: &str) -> (Device, Line) {
        let line = Line::to(self.hq.address());
        (self.enrolled(name, person, line.address()).await, line)
    }

    async fn enrolled(&self, name: &str, person: &str, address: SocketAddr) -> Device {
        let device = Device::start(&self.rooms.path().join(name), offset_to_story_day());
        device.enrol(&self.hq.ticket(person, address), name).await;
        device
    }

    /// The tablet of the door job's engineer.
    pub async fn tablet(&self) -> Device {
        self.device("tablet", &self.job.engineer).await
    }

    /// The same on a line of its own.
    pub async fn tablet_on_a_line(&self) -> (Device, Line) {
        self.on_a_line("tablet", &self.job.engineer).await
    }

    /// The laptop of the clerk of the door job's store.
    pub async fn laptop(&self) -> Device {
        self.device("laptop", &self.hq.person_at("clerk", &self.job.store)).await
    }

    /// The desk of a coordinator.
    pub async fn desk(&self) -> Device {
        self.device("desk", &self.hq.person("coordinator").1).await
    }

    /// Another engineer of the door job's store: name and identity.
    pub fn colleague(&self) -> (String, String) {
        let people = self.hq.facts["people"].as_array().expect("people");
        let found = people.iter().find(|person| {
            person["role"] == "engineer"
                && person["org"] == self.job.store
                && person["id"] != *self.job.engineer
        });
        let found = found.expect("the store has a second engineer");
        let text = |field: &str| found[field].as_str().expect("text").to_owned();
        (text("name"), text("id"))
    }
}
