//! What waits at the desk for somebody to decide it.

use serde_json::{Value, json};

use crate::device::Device;

/// The conflicts that a device lists, settled ones among them.
pub async fn conflicts(device: &Device) -> Vec<Value> {
    let list = device.call("conflict_list", json!({})).await;
    list["conflicts"].as_array().expect("conflicts").clone()
}

/// The entries of the quarantine that a device lists, handled ones among them.
pub async fn quarantined(device: &Device) -> Vec<Value> {
    let list = device.call("quarantine_list", json!({})).await;
    list["entries"].as_array().expect("entries").clone()
}
