//! The machines of one seed, and what can be done to them.
//!
//! `messages` is the line between devices and HQ, `power` how machines start and end, `copies` what
//! is put back or goes on twice, `admin` what HQ's admin does.

mod admin;
mod copies;
mod messages;
mod power;

pub use messages::Flight;

use doorstep_app::{ErrorCode, Request};
use doorstep_domain::{id::PersonId, time::UtcMs};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tokio::{runtime::Runtime, sync::mpsc};

use crate::{
    device::Device,
    dice::Dice,
    disk::{self, Fault, Image},
    host::{Hub, Signal, SimHost},
    hq::{self, HqMachine},
    model::{Ledger, Model, Saved, Token},
    plan::Plan,
    selling::Filed,
    template::{OWNERS, START, Template},
    trace::Trace,
};

/// A sentence about what must not happen and did.
pub type Verdict<T = ()> = Result<T, String>;

/// Everything there is in one seed.
pub struct World<'a> {
    /// Where the product's code runs.
    pub runtime: &'a Runtime,
    /// What everything began with.
    pub template: &'a Template,
    /// The scheduler's dice.
    pub dice: Dice,
    /// What is planned.
    pub plan: Plan,
    /// The devices taking part.
    pub devices: Vec<Device>,
    /// HQ.
    pub hq: HqMachine,
    /// Messages on their way.
    pub flights: Vec<Flight>,
    /// Requests that may arrive once more.
    pub strays: Vec<(usize, Request)>,
    /// What the people were told.
    pub model: Model,
    /// What happened.
    pub trace: Trace,
    /// A copy of HQ's ledger somebody made.
    pub hq_backup: Option<Image>,
    /// Whether an old ledger was put back.
    pub hq_restored: bool,
    /// Whether an old profile was put back, or one goes on twice.
    pub copied: bool,
    /// Orders that screens said were filed.
    pub filed: Vec<Filed>,
    truth: Arc<AtomicI64>,
    hub: Hub,
    ear: mpsc::UnboundedReceiver<Signal>,
    posted: u64,
}

impl<'a> World<'a> {
    /// The business with the devices that a seed chooses.
    pub fn new(runtime: &'a Runtime, template: &'a Template, seed: u64, loud: bool) -> World<'a> {
        let mut dice = Dice::new(seed, 100);
        disk::reset(Dice::new(seed, 101));
        hq::reset_dice(Dice::new(seed, 102));
        let plan = Plan::of(&mut dice, OWNERS.len());
        let truth = Arc::new(AtomicI64::new(START.0 + 5 * UtcMs::MINUTE));
        let (hub, ear) = mpsc::unbounded_channel();
        let hq = HqMachine::new(template.path("hq"), &truth, plan.page_items);
        disk::restore(&hq.folder, &template.hq);
        let mut devices = Vec::new();
        for slot in plan.slots.iter().copied() {
            let folder = template.path(&format!("device{slot}"));
            disk::restore(&folder, &template.devices[slot]);
            let host = SimHost::new(slot, &truth, &hub, Dice::new(seed, 200 + slot as u64));
            devices.push(Device::new(slot, OWNERS[slot], folder, host));
        }
        World {
            runtime,
            template,
            dice,
            plan,
            devices,
            hq,
            flights: Vec::new(),
            strays: Vec::new(),
            model: Model::default(),
            trace: Trace::loud(loud),
            hq_backup: None,
            hq_restored: false,
            copied: false,
            filed: Vec::new(),
            truth,
            hub,
            ear,
            posted: 0,
        }
    }

    /// Whose device it is.
    pub fn person_of(&self, device: usize) -> PersonId {
        self.template.people[self.devices[device].person].id
    }

    /// Notes something in story and counts.
    pub fn tell(&mut self, what: &str, line: String) {
        self.trace.counts.add(what);
        self.trace.say(line);
    }

    /// Lets time pass.
    pub fn pass(&mut self, ms: i64) {
        self.truth.fetch_add(ms, Ordering::SeqCst);
        self.trace.say(format!("{} s pass", ms / 1_000));
    }

    /// Runs a command of a screen; what it saved is remembered under the token.
    pub fn screen(
        &mut self,
        device: usize,
        name: &'static str,
        input: Value,
        token: &Token,
        claim: bool,
    ) -> Verdict<Option<Value>> {
        let answer = self.ask(device, name, input, token)?;
        if answer.is_some() {
            let what = if claim { "claims made" } else { "edits made" };
            self.trace.counts.add(what);
            let slot = self.devices[device].slot;
            self.model.saved.insert(token.clone(), Saved { slot, claim });
        }
        Ok(answer)
    }

    /// Runs a command of a screen, in whose story it appears with `about`; nothing when it is
    /// refused for an ordinary reason or ends in a fault.
    pub fn ask(
        &mut self,
        device: usize,
        name: &'static str,
        input: Value,
        about: &str,
    ) -> Verdict<Option<Value>> {
        self.on(device)?;
        let slot = self.devices[device].slot;
        let result = self.devices[device].call(self.runtime, name, input);
        let fired = disk::disarm(&self.devices[device].folder);
        let outcome = match &result {
            Ok(_) => "saved".to_owned(),
            Err(error) => format!("{:?} {}", error.code, error.detail),
        };
        let harm = fired.map_or(String::new(), |fault| format!(" under {fault:?}"));
        self.trace.say(format!("d{slot} {name} {about}: {outcome}{harm}"));
        self.after_harm(device, fired)?;
        let error = match result {
            Ok(answer) => return Ok(Some(answer)),
            Err(error) => error,
        };
        let broken = error.code == ErrorCode::StorageFailed
            && fired.is_none()
            && self.devices[device].harmed;
        if broken || error.code == ErrorCode::DatabaseDamaged {
            self.start_anew(device)?;
        } else if fired.is_none() && !is_ordinary(error.code) {
            let detail = error.detail.clone();
            return Err(format!("device {slot}: {name} fails without a cause: {error} {detail}"));
        }
        Ok(None)
    }

    /// HQ's ledger as it is.
    pub fn read_ledger(&mut self) -> Verdict<Ledger> {
        Ledger::read(self.hq.probe()).map_err(|error| format!("HQ's ledger is unreadable: {error}"))
    }
}

/// Answers that a screen gets without anything being wrong.
fn is_ordinary(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotFound
            | ErrorCode::NotAllowed
            | ErrorCode::StateRefused
            | ErrorCode::ClaimRefused
            | ErrorCode::BooksMissing
            | ErrorCode::GateClosed
            | ErrorCode::SignatureRefused
            | ErrorCode::QuoteExpired
            | ErrorCode::QuoteRefused
            | ErrorCode::ReservationLapsed
    )
}

fn name_of(fault: Fault) -> &'static str {
    match fault {
        Fault::Kill => "end in the middle",
        Fault::ReadError => "EIO on read",
        Fault::WriteError => "EIO on write",
        Fault::SyncError => "EIO on sync",
        Fault::Full(_) => "full",
    }
}
