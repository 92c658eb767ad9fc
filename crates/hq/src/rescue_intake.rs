//! Taking in the work of a tablet that will not come back: the edits and claims of its rescue file go
//! the way they would have gone had the tablet sent them.
//!
//! Changes HQ holds already change nothing and a claim's key is decided once, so the same file may
//! be taken in again, and the tablet may still turn up and send all of it itself.

use std::collections::BTreeMap;

use doorstep_domain::{
    decision::Decision,
    id::DeviceId,
    org::Person,
    refusal::{DOCUMENT_BEGUN_TWICE, refusal_words},
    time::UtcMs,
    words::Words,
};
use doorstep_store::{
    device::EditRecord,
    error::{Result, StoreError},
    ledger::people,
    rescue::UnsentWork,
};
use doorstep_sync::wire::{Batch, BatchAnswer, CHANGES_LIMIT, Command, Hash, Push};
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    access::Caller,
    execute::{Desk, execute, facts::TriedAhead, quarantine, scratch::Scratch, shelf::Shelf},
    home::{Home, HomeError},
    keys, offline_commands,
    records::derived_id,
};

/// The device's setting that says who it is.
const IDENTITY: &str = "identity";

/// Why nothing of a rescue file is taken in.
#[derive(Debug)]
pub enum Untaken {
    /// It does not open with HQ's key, or holds something else.
    Unreadable(Words),
    /// It does not say which device it is of.
    Nameless,
    /// HQ never enrolled the device, or the file does not bear the device's own key: anybody can
    /// seal a file to HQ.
    NotTheDevices,
}

impl Untaken {
    /// `{"error": {"code", "zh", "en"}}`.
    pub fn report(&self) -> Value {
        let (code, words) = match self {
            Untaken::Unreadable(words) => ("rescue_unreadable", words.clone()),
            Untaken::Nameless => (
                "rescue_nameless",
                Words::new(
                    "救援文件里没有设备登记信息",
                    "the rescue file does not say which device it is of",
                ),
            ),
            Untaken::NotTheDevices => (
                "rescue_not_the_devices",
                Words::new(
                    "救援文件不是总部登记过的设备写的",
                    "the rescue file was not written by a device that HQ enrolled",
                ),
            ),
        };
        json!({ "error": { "code": code, "zh": words.zh, "en": words.en } })
    }
}

/// The part of a device's identity that HQ can compare with what it enrolled.
#[derive(Deserialize)]
struct Claimed {
    device: DeviceId,
    secret: String,
}

/// Takes the work of a rescue file in and says what became of each part, in both languages; with the
/// transaction nothing of it happens twice.
///
/// # Errors
/// Errors of the ledger as a whole; [`Untaken`] inside says why the file is of no use.
pub fn take_in(
    home: &Home,
    conn: &Connection,
    scratch: &Scratch,
    sealed: &[u8],
    now: UtcMs,
) -> std::result::Result<std::result::Result<Value, Untaken>, HomeError> {
    let secret = keys::rescue_secret(home)?;
    let work = match offline_commands::unsealed(sealed, &secret) {
        Ok(work) => work,
        Err(words) => return Ok(Err(Untaken::Unreadable(words))),
    };
    let (device, person) = match writer(conn, &work)? {
        Ok(writer) => writer,
        Err(untaken) => return Ok(Err(untaken)),
    };
    // Whoever has left since made this while working here; an operator stands for the file.
    let caller = Caller::of(conn, device, Person { left_on: None, ..person }, now)?;
    let desk = Desk {
        conn,
        home,
        scratch,
        shelf: &Shelf::default(),
        caller: &caller,
        epoch: derived_id(&["rescue", &device.to_string()]),
        now,
    };
    let batch = batch_of(&work);
    let answer = execute(&desk, TriedAhead::default(), &batch, Hash::default())?;
    // A tablet writes this again on HQ's version; a file cannot.
    for refused in answer.refused.iter().filter(|refused| refused.code == DOCUMENT_BEGUN_TWICE) {
        for push in batch.pushes.iter().filter(|push| push.doc == refused.doc) {
            quarantine::keep(&desk, push, refused)?;
        }
    }
    Ok(Ok(report(&caller, &work, &batch, &answer)))
}

/// Whose work it is, proved by the secret key only that device has.
fn writer(
    conn: &Connection,
    work: &UnsentWork,
) -> Result<std::result::Result<(DeviceId, Person), Untaken>> {
    let identity = work.settings.iter().find(|(name, _)| name == IDENTITY);
    let Some(claimed) = identity.and_then(|(_, text)| serde_json::from_str::<Claimed>(text).ok())
    else {
        return Ok(Err(Untaken::Nameless));
    };
    let Some(device) = people::device(conn, claimed.device)? else {
        return Ok(Err(Untaken::NotTheDevices));
    };
    let mut secret = [0; 32];
    let own = hex::decode_to_slice(&claimed.secret, &mut secret).is_ok()
        && hex::encode(SigningKey::from_bytes(&secret).verifying_key().to_bytes())
            == device.public_key;
    if !own {
        return Ok(Err(Untaken::NotTheDevices));
    }
    let person = people::person(conn, device.person)?.ok_or(StoreError::Missing("person"))?;
    Ok(Ok((device.id, person)))
}

/// Everything the tablet would have sent, oldest first. What HQ had refused before the file was
/// written is not sent again: it lies in quarantine.
fn batch_of(work: &UnsentWork) -> Batch {
    let mut by_doc: BTreeMap<Uuid, Vec<&EditRecord>> = BTreeMap::new();
    for edit in work.edits.iter().filter(|edit| edit.refusal.is_none()) {
        by_doc.entry(edit.doc).or_default().push(edit);
    }
    let pushes = by_doc
        .values()
        .flat_map(|edits| edits.chunks(CHANGES_LIMIT))
        .filter_map(|edits| {
            let first = edits.first()?;
            let changes = edits.iter().map(|edit| ByteBuf::from(edit.change.clone())).collect();
            Some(Push { doc: first.doc, kind: first.kind, changes })
        })
        .collect();
    let commands = work
        .commands
        .iter()
        .map(|record| Command {
            key: record.key,
            person: record.person,
            claim: record.claim.clone(),
            made_at: record.made_at,
            estimated_at: record.estimated_at,
        })
        .collect();
    Batch { number: 0, previous: Hash::default(), pushes, commands }
}

fn report(caller: &Caller, work: &UnsentWork, batch: &Batch, answer: &BatchAnswer) -> Value {
    let kind_of = |doc: Uuid| batch.pushes.iter().find(|push| push.doc == doc).map(|p| p.kind);
    let received: Vec<Value> = answer
        .received
        .iter()
        .map(|receipt| json!({ "kind": kind_of(receipt.doc), "id": receipt.doc }))
        .collect();
    let refused: Vec<Value> = answer
        .refused
        .iter()
        .map(|refusal| {
            let words = refusal_words(&refusal.code, &BTreeMap::new());
            json!({
                "kind": kind_of(refusal.doc), "id": refusal.doc,
                "code": refusal.code, "zh": words.zh, "en": words.en,
            })
        })
        .collect();
    let before: Vec<Value> = work
        .edits
        .iter()
        .filter_map(|edit| {
            let code = edit.refusal.as_deref()?;
            let words = refusal_words(code, &BTreeMap::new());
            Some(json!({
                "kind": edit.kind, "id": edit.doc, "code": code, "zh": words.zh, "en": words.en,
            }))
        })
        .collect();
    let claims: Vec<Value> = work
        .commands
        .iter()
        .zip(&answer.commands)
        .map(|(made, done)| {
            let decision: Option<Decision> = serde_json::from_str(&done.decision).ok();
            let words = decision.as_ref().and_then(Decision::refusal);
            json!({
                "key": made.key, "kind": made.kind,
                "executed": decision.as_ref().is_some_and(Decision::is_executed),
                "zh": words.as_ref().map(|words| &words.zh),
                "en": words.as_ref().map(|words| &words.en),
            })
        })
        .collect();
    json!({
        "device": caller.device,
        "person": caller.person.id,
        "received": received,
        "refused": refused,
        "refused_before": before,
        "claims": claims,
        // Their files lie on the tablet; the rescue file has only their keys.
        "photos_not_in_the_file": work.media.len(),
    })
}
