//! HQ with sample data, and devices of its people.

use std::time::Duration;

use crate::{
    device::Device,
    hq::Hq,
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
        let device = Device::start(&self.rooms.path().join(name), offset_to_story_day());
        device.enrol(&self.hq.ticket(person, self.hq.address()), name).await;
        device
    }

    /// The tablet of the door job's engineer.
    pub async fn tablet(&self) -> Device {
        self.device("tablet", &self.job.engineer).await
    }

    /// The laptop of the clerk of the door job's store.
    pub async fn laptop(&self) -> Device {
        self.device("laptop", &self.hq.person_at("clerk", &self.job.store)).await
    }
}
