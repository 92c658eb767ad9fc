//! What must hold: after every answer of HQ, after every start of a device, and at the end.

use doorstep_app::Answer;
use doorstep_domain::{id::DeviceId, org::Bucket, visit::Visit};
use doorstep_hq::{access::Caller, records};
use doorstep_store::{device as store, ledger::people, open};
use doorstep_sync::{
    Document,
    wire::{BatchOutcome, FeedItem, SyncResponse, unpack},
};
use rusqlite::{Connection, params_from_iter};
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    device::Device,
    model::{Ledger, Outbox, PLAN_BASE, Token, look_into, tokens_in},
    scarce,
    world::{Verdict, World},
};

fn broken(error: impl std::fmt::Display) -> String {
    format!("the oracle cannot read: {error}")
}

/// The identity under which HQ knows a device.
pub fn device_id(world: &World<'_>, device: usize) -> Verdict<Option<DeviceId>> {
    let conn = look_into(&world.devices[device]).map_err(broken)?;
    let identity: Option<serde_json::Value> = store::setting(&conn, "identity").map_err(broken)?;
    Ok(identity.and_then(|identity| identity.get("device")?.as_str()?.parse().ok()))
}

/// Everything a screen of this device called saved is on it, on another, or at HQ.
pub fn saved_is_there(world: &World<'_>, device: usize) -> Verdict {
    let slot = world.devices[device].slot;
    let ledger = &world.model.ledger;
    let mut missing: BTreeSet<&Token> = world
        .model
        .saved
        .iter()
        .filter(|(token, saved)| saved.slot == slot && !world.model.forgiven.contains(*token))
        .map(|(token, _)| token)
        .filter(|token| !ledger.holds(token))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let others = world.devices.iter().filter(|other| other.slot != slot);
    for holder in [&world.devices[device]].into_iter().chain(others) {
        let outbox = Outbox::read(holder).map_err(broken)?;
        missing.retain(|token| !outbox.tokens.contains(*token));
        if missing.is_empty() {
            return Ok(());
        }
    }
    Err(format!("device {slot} said saved and lost {missing:?}"))
}

/// An answer left HQ: what it confirms is in the ledger, nothing decided has changed, and the page
/// holds only what the person may see.
pub fn after_answer(world: &mut World<'_>, device: usize, answer: &Answer) -> Verdict {
    let person = world.person_of(device);
    let now = world.hq.now();
    let before = world.model.ledger.clone();
    let mut ledger = before.clone();
    ledger.read_on(world.hq.probe()).map_err(broken)?;
    if let Some(changed) = before.contradicted_by(&ledger) {
        return Err(changed);
    }
    world.model.ledger = ledger;
    scarce::adds_up(world.hq.probe())?;
    if !answer.status.is_success() {
        return Ok(());
    }
    let Ok(response) = unpack::<SyncResponse>(&answer.body) else { return Ok(()) };
    if let BatchOutcome::Forked = response.outcome {
        world.trace.counts.add("forks");
    }
    if let BatchOutcome::Answered(bytes) = &response.outcome {
        let said: doorstep_sync::wire::BatchAnswer =
            doorstep_sync::wire::decode(bytes).map_err(broken)?;
        world.trace.counts.add("batches answered");
        for refusal in &said.refused {
            world.trace.counts.add(&format!("documents refused: {}", refusal.code));
            world
                .trace
                .say(format!("refused {} {}: {}", refusal.doc, refusal.code, refusal.detail));
            if refusal.code == "document_refused" && !world.hq_restored {
                return Err(format!("HQ refuses an honest device's edits: {}", refusal.detail));
            }
        }
        for command in &said.commands {
            let executed = command.decision.contains("\"executed\"");
            let what = if executed { "claims executed" } else { "claims refused" };
            world.trace.counts.add(what);
        }
    }
    if response.page.items.is_empty() {
        return Ok(());
    }
    if response.page.more {
        world.trace.counts.add("pages cut");
    }
    let visible = Visible::of(world.hq.probe(), person, now).map_err(broken)?;
    for item in &response.page.items {
        let (stream, kind, id) = match item {
            FeedItem::Row { kind, id, .. } => ("row", kind.as_str(), id),
            FeedItem::Doc { kind, id, .. } => ("doc", kind.name(), id),
            FeedItem::Gone { .. } => {
                world.trace.counts.add("items taken away");
                continue;
            }
        };
        if !visible.0.contains(&(stream.to_owned(), kind.to_owned(), id.as_bytes().to_vec())) {
            return Err(format!("HQ sends a {kind} {id} that the person may not see"));
        }
    }
    Ok(())
}

/// What a person may see now: stream, kind, identity.
struct Visible(BTreeSet<(String, String, Vec<u8>)>);

impl Visible {
    fn of(
        conn: &Connection,
        person: doorstep_domain::id::PersonId,
        now: doorstep_domain::time::UtcMs,
    ) -> Result<Visible, doorstep_store::error::StoreError> {
        let Some(person) = people::person(conn, person)? else {
            return Ok(Visible(BTreeSet::new()));
        };
        let caller = Caller::of(conn, DeviceId(uuid::Uuid::nil()), person, now)?;
        let marks = vec!["?"; caller.buckets.len()].join(",");
        let sql = format!(
            "SELECT DISTINCT stream, kind, id FROM feed WHERE gone = 0 AND bucket IN ({marks})"
        );
        let mut statement = conn.prepare_cached(&sql)?;
        let names = caller.buckets.iter().map(|Bucket(name)| name);
        let mut rows = statement.query(params_from_iter(names))?;
        let mut seen = BTreeSet::new();
        while let Some(row) = rows.next()? {
            seen.insert((row.get(0)?, row.get(1)?, row.get(2)?));
        }
        Ok(Visible(seen))
    }
}

/// At the end, everything synced: every device holds exactly HQ's rows and documents that its
/// person may see, its outbox is empty, and every claim was decided once.
pub fn all_is_well(world: &mut World<'_>) -> Verdict {
    let mut digests: BTreeMap<usize, String> = BTreeMap::new();
    for device in 0..world.devices.len() {
        if is_barred(world, device)? {
            continue;
        }
        let digest = holds_what_it_may(world, device)?;
        let person = world.devices[device].person;
        if let Some(other) = digests.insert(person, digest.clone())
            && other != digest
        {
            return Err("two devices of one person show different lists".to_owned());
        }
        let slot = world.devices[device].slot;
        world.trace.say(format!("d{slot} shows {digest}"));
    }
    for device in 0..world.devices.len() {
        saved_is_there(world, device)?;
    }
    claims_are_decided_once(world)?;
    scarce::is_not_oversold(world)?;
    scarce::is_as_promised(world)?;
    let digest = doorstep_hq::digest::digest(world.hq.probe()).map_err(broken)?;
    world.trace.say(format!("HQ holds {digest}"));
    Ok(())
}

/// Whether HQ has withdrawn the device.
pub fn is_barred(world: &mut World<'_>, device: usize) -> Verdict<bool> {
    let Some(id) = device_id(world, device)? else { return Ok(true) };
    let held = people::device(world.hq.probe(), id).map_err(broken)?;
    Ok(held.is_none_or(|held| held.revoked_at.is_some()))
}

fn holds_what_it_may(world: &mut World<'_>, device: usize) -> Verdict<String> {
    let (person, now) = (world.person_of(device), world.hq.now());
    let slot = world.devices[device].slot;
    let visible = Visible::of(world.hq.probe(), person, now).map_err(broken)?;
    let conn = look_into(&world.devices[device]).map_err(broken)?;
    let waiting = store::waiting(&conn).map_err(broken)?;
    if waiting.edits + waiting.claims > 0 || waiting.sealed {
        return Err(format!("device {slot}'s outbox does not empty: {waiting:?}"));
    }
    let mut held = BTreeSet::new();
    let mut rows = BTreeMap::new();
    let mut statement =
        conn.prepare("SELECT kind, id, version, body FROM hq_row").map_err(broken)?;
    let mut found = statement.query([]).map_err(broken)?;
    while let Some(row) = found.next().map_err(broken)? {
        let kind: String = row.get(0).map_err(broken)?;
        let id: Vec<u8> = row.get(1).map_err(broken)?;
        let version: i64 = row.get(2).map_err(broken)?;
        let said = (version, row.get::<_, String>(3).map_err(broken)?);
        held.insert(("row".to_owned(), kind.clone(), id.clone()));
        rows.insert((kind, id), said);
    }
    // A bundle's row is opened when it comes, and only which one it came by is kept.
    let mut statement = conn
        .prepare(
            "SELECT 'row', 'bundle', item FROM bundle WHERE mark IS NOT NULL
                  UNION ALL SELECT 'doc', kind, id FROM doc",
        )
        .map_err(broken)?;
    let mut found = statement.query([]).map_err(broken)?;
    while let Some(row) = found.next().map_err(broken)? {
        let stream: String = row.get(0).map_err(broken)?;
        let kind: String = row.get(1).map_err(broken)?;
        held.insert((stream, kind, row.get(2).map_err(broken)?));
    }
    if let Some((stream, kind, id)) = held.difference(&visible.0).next() {
        let id = hex::encode(id);
        return Err(format!("device {slot} holds a {stream} {kind} {id} outside its access"));
    }
    if let Some((stream, kind, id)) = visible.0.difference(&held).next() {
        let id = hex::encode(id);
        return Err(format!("device {slot} lacks the {stream} {kind} {id}"));
    }
    for ((kind, id), (version, body)) in &rows {
        let id = uuid::Uuid::from_slice(id).map_err(broken)?;
        let theirs = doorstep_store::ledger::rows::get(world.hq.probe(), kind, id);
        let same = theirs.map_err(broken)?.is_some_and(|row| {
            i64::try_from(row.version).ok() == Some(*version) && row.body == *body
        });
        if !same {
            return Err(format!("device {slot} shows another {kind} {id} than HQ"));
        }
    }
    for (stream, _, id) in &held {
        if stream == "doc" {
            same_document(world.hq.probe(), &conn, slot, id)?;
        }
    }
    store::digest(&conn).map_err(broken)
}

fn same_document(hq: &Connection, conn: &Connection, slot: usize, id: &[u8]) -> Verdict {
    let id = uuid::Uuid::from_slice(id).map_err(broken)?;
    let theirs = doorstep_store::ledger::documents::get(hq, id).map_err(broken)?;
    let ours = store::load_document(conn, id).map_err(broken)?;
    let (Some(theirs), Some(ours)) = (theirs, ours) else {
        return Err(format!("document {id} is on one side only"));
    };
    let later = ours.changes.iter().map(Vec::as_slice);
    let mut document = Document::open(ours.kind, id, &ours.snapshot, later)
        .map_err(|error| format!("device {slot} cannot read document {id}: {error}"))?;
    if document.heads().0 != theirs.heads {
        let view = document.view().map(|view| serde_json::to_string(&view).unwrap_or_default());
        let ours = tokens_in(view.unwrap_or_default().as_bytes());
        let theirs = tokens_in(theirs.view.as_bytes());
        return Err(format!(
            "device {slot} has another document {id} than HQ: it shows {ours:?}, HQ {theirs:?}"
        ));
    }
    let view = document.view().map_err(broken)?;
    let view = serde_json::to_string(&view).map_err(broken)?;
    if view == theirs.view { Ok(()) } else { Err(format!("device {slot} reads {id} otherwise")) }
}

fn claims_are_decided_once(world: &mut World<'_>) -> Verdict {
    let ledger: Ledger = world.model.ledger.clone();
    let mut keys: BTreeMap<&Token, usize> = BTreeMap::new();
    for told in ledger.decisions.values() {
        for token in &told.tokens {
            *keys.entry(token).or_default() += 1;
        }
    }
    if let Some((token, count)) = keys.iter().find(|(_, count)| **count != 1) {
        return Err(format!("claim {token} was decided {count} times"));
    }
    for device in 0..world.devices.len() {
        let slot = world.devices[device].slot;
        for (key, decision) in Outbox::read(&world.devices[device]).map_err(broken)?.decisions {
            match ledger.decisions.get(&key) {
                Some(told) if told.decision == decision => {}
                None if world.hq_restored => {}
                told => {
                    return Err(format!("device {slot} was told {decision}, HQ holds {told:?}"));
                }
            }
        }
    }
    for told in ledger.decisions.values() {
        let executed = told.decision.contains("\"executed\"");
        for token in told.tokens.iter().filter(|token| token.starts_with("tk")) {
            let sql = effects_of(&told.kind);
            let effects: i64 =
                world.hq.probe().query_row(sql, [token], |row| row.get(0)).map_err(broken)?;
            if effects != i64::from(executed) {
                return Err(format!("claim {token} had {effects} effects: {}", told.decision));
            }
        }
    }
    plans_stand(world)
}

/// How to count what a claim brought about.
fn effects_of(kind: &str) -> &'static str {
    match kind {
        "order_file" => {
            "SELECT count(*) FROM combined_order WHERE number IS NOT NULL AND instr(filed, ?1)"
        }
        "order_cancel" => "SELECT count(*) FROM hq_row WHERE kind = 'order' AND instr(body, ?1)",
        _ => "SELECT count(*) FROM hq_row WHERE kind IN ('lead', 'task') AND instr(body, ?1)",
    }
}

/// Each visit stands where the last plan that HQ executed put it.
fn plans_stand(world: &mut World<'_>) -> Verdict {
    let jobs = world.template.jobs.clone();
    let conn = world.hq.probe();
    for job in jobs {
        let sql = "SELECT claim FROM command WHERE kind = 'visit_plan' AND executed = 1
                   AND instr(claim, ?1) ORDER BY stamp DESC LIMIT 1";
        let last: Option<String> = rusqlite::OptionalExtension::optional(conn.query_row(
            sql,
            [job.visit.to_string()],
            |row| row.get(0),
        ))
        .map_err(broken)?;
        let Some(last) = last else { continue };
        let visit: Option<Visit> =
            records::load(conn, records::kind::VISIT, job.visit.0).map_err(broken)?;
        let start = visit.map_or(0, |visit| visit.slot.start.0);
        if start < PLAN_BASE || !last.contains(&start.to_string()) {
            return Err(format!(
                "visit {} is planned for {start}, the last plan is {last}",
                job.visit
            ));
        }
    }
    Ok(())
}

/// Dropped and derived again, the lists of a closed device are what they were.
pub fn rebuilds_the_same(device: &Device) -> Verdict {
    let path = device.database();
    let opened = open::open_encrypted(
        path.as_ref(),
        &crate::template::key(),
        &store::SCHEMA,
        crate::template::START,
    );
    let mut conn = opened.map_err(broken)?.connection;
    let tx = conn.transaction().map_err(broken)?;
    let live = store::digest(&tx).map_err(broken)?;
    store::rebuild(&tx).map_err(broken)?;
    let rebuilt = store::digest(&tx).map_err(broken)?;
    if live == rebuilt {
        Ok(())
    } else {
        Err(format!("device {}'s lists are not what its rows say", device.slot))
    }
}
