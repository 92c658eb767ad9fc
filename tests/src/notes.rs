//! Notes on a work order: written by a device, and read as its screens show them.

use serde_json::{Value, json};

use crate::{device::Device, story::Job};

/// Writes a note on a job's work order; returns the visit as it is then.
pub async fn note(device: &Device, job: &Job, text: &str) -> Value {
    device.call("note_add", input(job, text)).await
}

/// The same where the note may be refused or the process be gone.
pub async fn try_note(device: &Device, job: &Job, text: &str) -> Result<Value, Value> {
    device.try_call("note_add", input(job, text)).await
}

fn input(job: &Job, text: &str) -> Value {
    json!({ "visit": job.visit, "work_order": job.work_order, "text": text })
}

/// The notes of a job's work order as a device shows them there, each as often as it is there.
pub async fn notes(device: &Device, job: &Job) -> Vec<String> {
    let view = device.call("work_order_view", json!({ "work_order": job.work_order })).await;
    let mut all = texts(&view["card"]["facts"]);
    all.sort();
    all
}

/// The notes of a visit's first work order as a device shows them on the visit.
///
/// # Errors
/// As [`Device::try_call`].
pub async fn notes_on_visit(device: &Device, visit: &str) -> Result<Vec<String>, Value> {
    let view = device.try_call("visit_open", json!({ "visit": visit })).await?;
    Ok(texts(&view["work_orders"][0]["facts"]))
}

fn texts(facts: &Value) -> Vec<String> {
    let notes = facts["sections"]["notes"].as_object().cloned().unwrap_or_default();
    notes.values().filter_map(|fact| fact["value"].as_str().map(str::to_owned)).collect()
}
