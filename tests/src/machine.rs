//! Machines that are met at a door, and their inspection.

use serde_json::{Value, json};

use crate::device::Device;

/// Meets a washing machine that nobody knew; returns its identity.
pub async fn meet_washer(device: &Device, brand: &str) -> String {
    let met = json!({ "identity": { "category": "washer", "brand": brand }, "capacity": 8 });
    let machine = device.call("machine_set", met).await;
    machine["asset"]["id"].as_str().expect("an identity").to_owned()
}

/// Meets one whose nameplate and serial can be read; returns what the device shows of it.
pub async fn meet_washer_with_nameplate(device: &Device) -> Value {
    let met = json!({
        "identity": { "category": "washer", "brand": "样例丙", "nameplate_month": "2016-03" },
        "serials": { "body": "MET0000000042" }, "capacity": 8,
    });
    device.call("machine_set", met).await
}

/// Answers one check of a machine's inspection.
pub async fn answer(device: &Device, asset: &str, check: &str, result: &str) {
    let input = json!({ "asset": asset, "check": check, "result": result });
    device.call("inspection_answer", input).await;
}
