//! One device: a profile folder with its process, when that lives.

use doorstep_app::{ApiResult, App, host::SharedHost};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{Arc, Weak},
};
use tokio::runtime::Runtime;

use crate::{
    disk::{self, Image},
    host::{Hub, Signal, SimHost},
};

/// The PIN of every device.
pub const PIN: &str = "80351946";

/// One device.
pub struct Device {
    /// Its place.
    pub slot: usize,
    /// Whose it is, as a place in the template's staff.
    pub person: usize,
    /// Its profile folder.
    pub folder: String,
    /// Its outside world.
    pub host: Arc<SimHost>,
    /// Whether a sync is under way.
    pub syncing: bool,
    /// A copy of the profile somebody made.
    pub backup: Option<Image>,
    app: Option<Arc<App>>,
}

impl Device {
    /// A device that is switched off.
    pub fn new(slot: usize, person: usize, folder: String, host: Arc<SimHost>) -> Device {
        Device { slot, person, folder, host, syncing: false, backup: None, app: None }
    }

    /// Whether its process lives.
    pub fn is_on(&self) -> bool {
        self.app.is_some()
    }

    /// Starts the process and unlocks it.
    pub fn start(&mut self, runtime: &Runtime) -> ApiResult<()> {
        let host: SharedHost = Arc::clone(&self.host) as SharedHost;
        let app = App::open(&PathBuf::from(&self.folder), host)?;
        runtime.block_on(app.call("unlock", json!({ "pin": PIN })))?;
        self.app = Some(app);
        Ok(())
    }

    /// Runs a command to its end.
    pub fn call(&self, runtime: &Runtime, name: &str, input: Value) -> ApiResult<Value> {
        let app = self.app.as_ref().expect("only a running device is asked");
        runtime.block_on(app.call(name, input))
    }

    /// Begins a sync; the device then signals each request and the end.
    pub fn begin_sync(&mut self, runtime: &Runtime, hub: &Hub) {
        self.syncing = true;
        self.begin("sync_now", json!({}), runtime, hub);
    }

    /// Begins a command that needs HQ.
    pub fn begin(&self, name: &'static str, input: Value, runtime: &Runtime, hub: &Hub) {
        let app = Arc::clone(self.app.as_ref().expect("only a running device is asked"));
        let (slot, hub) = (self.slot, hub.clone());
        runtime.spawn(async move {
            let result = app.call(name, input).await;
            drop(app);
            let _ = hub.send(Signal::Done { slot, result });
        });
    }

    /// Ends the process; its files are closed as they are by then.
    pub fn stop(&mut self, runtime: &Runtime) {
        let Some(app) = self.app.take() else { return };
        let weak: Weak<App> = Arc::downgrade(&app);
        drop(app);
        // Tasks that have sent their last word may still have to be swept up.
        for _ in 0..1_000 {
            if weak.strong_count() == 0 {
                return;
            }
            runtime.block_on(tokio::task::yield_now());
        }
        panic!("device {} does not end", self.slot);
    }

    /// The database's path.
    pub fn database(&self) -> String {
        format!("{}/doorstep.db", self.folder)
    }

    /// Copies the profile, as a backup program would.
    pub fn image(&self) -> Image {
        disk::image(&self.folder)
    }
}
