//! The machines of one seed, and what can be done to them.

use doorstep_app::{Answer, ErrorCode, Request};
use doorstep_domain::{id::PersonId, time::UtcMs};
use doorstep_hq::staff;
use doorstep_store::ledger::people;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
};

use crate::{
    device::Device,
    dice::Dice,
    disk::{self, Fault, Image, SurvivalRule},
    host::{Hub, Signal, SimHost},
    hq::{self, HqMachine},
    model::{Ledger, Model, Outbox, Saved, Token},
    oracle,
    plan::Plan,
    template::{OWNERS, SLOTS, START, Template},
    trace::Trace,
};

/// A sentence about what must not happen and did.
pub type Verdict<T = ()> = Result<T, String>;

/// A request on its way, or its answer.
pub struct Flight {
    slot: usize,
    number: u64,
    request: Request,
    reply: oneshot::Sender<Answer>,
    answer: Option<Answer>,
}

impl Flight {
    /// Whether it is an answer on its way to this device.
    pub fn is_answered_for(&self, slot: usize) -> bool {
        self.slot == slot && self.answer.is_some()
    }

    /// Whether it is a request on its way to HQ.
    pub fn is_unanswered(&self) -> bool {
        self.answer.is_none()
    }
}

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

    /// A device that is on, started if need be.
    pub fn on(&mut self, device: usize) -> Verdict {
        if self.devices[device].is_on() {
            return Ok(());
        }
        let started = self.devices[device].start(self.runtime);
        let slot = self.devices[device].slot;
        started.map_err(|error| format!("device {slot} does not start again: {error}"))?;
        self.tell("device starts", format!("d{slot} starts"));
        oracle::saved_is_there(self, device)
    }

    /// Runs a command of a screen; what it saved is remembered under the token.
    pub fn screen(
        &mut self,
        device: usize,
        name: &'static str,
        input: Value,
        token: &Token,
        claim: bool,
    ) -> Verdict {
        self.on(device)?;
        let slot = self.devices[device].slot;
        let result = self.devices[device].call(self.runtime, name, input);
        let fired = disk::disarm(&self.devices[device].folder);
        let outcome = match &result {
            Ok(_) => "saved".to_owned(),
            Err(error) => format!("{:?} {}", error.code, error.detail),
        };
        let harm = fired.map_or(String::new(), |fault| format!(" under {fault:?}"));
        let what = if claim { "claims made" } else { "edits made" };
        let line = format!("d{slot} {name} {token}: {outcome}{harm}");
        if result.is_ok() {
            self.tell(what, line);
            self.model.saved.insert(token.clone(), Saved { slot, claim });
        } else {
            self.trace.say(line);
        }
        self.after_harm(device, fired)?;
        match result {
            Err(error) if fired.is_none() && !is_ordinary(error.code) => Err(format!(
                "device {slot}: {name} fails without a cause: {error} {}",
                error.detail
            )),
            _ => Ok(()),
        }
    }

    /// Starts a sync unless one is under way.
    pub fn begin_sync(&mut self, device: usize) -> Verdict {
        self.on(device)?;
        if self.devices[device].syncing {
            return Ok(());
        }
        let slot = self.devices[device].slot;
        self.tell("syncs begun", format!("d{slot} syncs"));
        self.devices[device].begin_sync(self.runtime, &self.hub);
        self.listen()
    }

    /// Waits until the device that was set going asks HQ something or is done.
    fn listen(&mut self) -> Verdict {
        match self.runtime.block_on(self.ear.recv()) {
            Some(Signal::Posted { slot, request, reply }) => {
                self.posted += 1;
                let number = self.posted;
                let sum = hex::encode(&Sha256::digest(&request.body)[..4]);
                let (path, bytes) = (&request.path, request.body.len());
                self.trace.say(format!("d{slot} → #{number} {path} {bytes} bytes {sum}"));
                self.flights.push(Flight { slot, number, request, reply, answer: None });
                Ok(())
            }
            Some(Signal::Done { slot, result }) => {
                let device = self.device_in(slot);
                self.devices[device].syncing = false;
                let error = match &result {
                    Ok(view) => view.get("last_error").and_then(|e| e.get("code")).cloned(),
                    Err(error) => Some(json!(error.code)),
                };
                match error.filter(|code| !code.is_null()) {
                    None => self.tell("syncs done", format!("d{slot} is in sync")),
                    Some(code) => {
                        self.trace
                            .counts
                            .add(&format!("sync ended {}", code.as_str().unwrap_or("?")));
                        let detail =
                            result.as_ref().ok().and_then(|v| v.get("last_error").cloned());
                        let detail = detail.and_then(|e| e.get("detail").cloned());
                        self.trace
                            .say(format!("d{slot} stops: {code} {}", detail.unwrap_or_default()));
                    }
                }
                Ok(())
            }
            None => Err("nobody is left to signal".to_owned()),
        }
    }

    fn device_in(&self, slot: usize) -> usize {
        self.devices.iter().position(|device| device.slot == slot).expect("it takes part")
    }

    /// Brings one message to its next place.
    pub fn carry(&mut self, flight: usize) -> Verdict {
        if self.flights[flight].answer.is_none() {
            let Flight { slot, number, request, .. } = &self.flights[flight];
            let (slot, number, request) = (*slot, *number, request.clone());
            match self.serve(slot, number, &request)? {
                Some(answer) => {
                    self.flights[flight].answer = Some(answer);
                    Ok(())
                }
                None => self.lose(flight),
            }
        } else {
            let Flight { slot, number, reply, answer, .. } = self.flights.remove(flight);
            self.trace.say(format!("#{number} → d{slot}"));
            let device = self.device_in(slot);
            if let Some(answer) = answer {
                let _ = reply.send(answer);
            }
            self.listen()?;
            let fired = disk::disarm(&self.devices[device].folder);
            self.after_harm(device, fired)
        }
    }

    /// Loses a request or its answer: the device hears nothing.
    pub fn lose(&mut self, flight: usize) -> Verdict {
        let Flight { slot, number, answer, reply, .. } = self.flights.remove(flight);
        let what = if answer.is_some() { "answers lost" } else { "requests lost" };
        self.tell(what, format!("#{number} of d{slot} is lost"));
        drop(reply);
        self.listen()
    }

    /// Has a request arrive a second time, now or later.
    pub fn duplicate(&mut self, flight: usize) {
        let Flight { slot, number, request, .. } = &self.flights[flight];
        let copy = (*slot, request.clone());
        let line = format!("#{number} of d{slot} is doubled");
        self.strays.push(copy);
        self.tell("requests doubled", line);
    }

    /// Has an old request arrive; nobody waits for its answer.
    pub fn stray(&mut self) -> Verdict {
        if self.strays.is_empty() {
            return Ok(());
        }
        let (slot, request) = self.strays.remove(self.dice.place(self.strays.len()));
        self.trace.counts.add("requests replayed");
        self.serve(slot, 0, &request).map(drop)
    }

    /// HQ serves a request; `None` when no answer leaves it.
    fn serve(&mut self, slot: usize, number: u64, request: &Request) -> Verdict<Option<Answer>> {
        if !self.hq.is_on() {
            self.trace.say(format!("#{number}: HQ is off"));
            return Ok(None);
        }
        let answer = self.hq.serve(self.runtime, request);
        let fired = disk::disarm(&self.hq.folder);
        let status = answer.status.as_u16();
        let sum = hex::encode(&Sha256::digest(&answer.body)[..4]);
        let harm = fired.map_or(String::new(), |fault| format!(" under {fault:?}"));
        self.trace.say(format!("HQ answers #{number}: {status} {sum}{harm}"));
        self.trace.counts.add(&format!("HQ answered {status}"));
        if let Some(fault) = fired {
            self.trace.counts.add(&format!("HQ's disk: {}", name_of(fault)));
        }
        if fired == Some(Fault::Kill) {
            self.end_hq()?;
            return Ok(None);
        }
        if status >= 500 && fired.is_none() {
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("HQ fails without a cause: {said}"));
        }
        let device = self.device_in(slot);
        oracle::after_answer(self, device, &answer)?;
        Ok(Some(answer))
    }

    /// What follows from a fault that befell a device.
    fn after_harm(&mut self, device: usize, fired: Option<Fault>) -> Verdict {
        if let Some(fault) = fired {
            self.trace.counts.add(&format!("device's disk: {}", name_of(fault)));
        }
        match fired {
            Some(Fault::Kill) => {
                let rule = self.dice.chance(70).then(|| self.survival());
                self.end_device(device, rule)
            }
            _ => Ok(()),
        }
    }

    fn survival(&mut self) -> SurvivalRule {
        let rules = [
            SurvivalRule::Nothing,
            SurvivalRule::Everything,
            SurvivalRule::Beginning,
            SurvivalRule::Anything,
        ];
        rules[self.dice.place(rules.len())]
    }

    /// Ends a device: its process by SIGKILL, or its power.
    pub fn end_device(&mut self, device: usize, rule: Option<SurvivalRule>) -> Verdict {
        if !self.devices[device].is_on() {
            return Ok(());
        }
        let slot = self.devices[device].slot;
        let folder = self.devices[device].folder.clone();
        match rule {
            None => {
                self.tell("devices killed", format!("d{slot} is killed"));
                disk::kill(&folder);
            }
            Some(rule) => {
                self.tell("device power cuts", format!("d{slot} loses power: {rule:?} survives"));
                disk::cut_power(&folder, rule);
                self.devices[device].host.reboot();
            }
        }
        self.hang_up(device)?;
        self.devices[device].stop(self.runtime);
        Ok(())
    }

    /// Closes a device as a person would.
    pub fn close_device(&mut self, device: usize) -> Verdict {
        if !self.devices[device].is_on() {
            return Ok(());
        }
        let slot = self.devices[device].slot;
        self.tell("devices closed", format!("d{slot} is closed"));
        self.hang_up(device)?;
        self.devices[device].stop(self.runtime);
        Ok(())
    }

    /// Nobody waits at the device any more; its request may still be on the way.
    fn hang_up(&mut self, device: usize) -> Verdict {
        let slot = self.devices[device].slot;
        while self.devices[device].syncing {
            let Some(place) = self.flights.iter().position(|flight| flight.slot == slot) else {
                return Err(format!("device {slot} syncs without a request"));
            };
            let Flight { request, answer, reply, .. } = self.flights.remove(place);
            if answer.is_none() && self.dice.chance(50) {
                self.strays.push((slot, request));
            }
            drop(reply);
            self.listen()?;
        }
        Ok(())
    }

    /// Ends HQ: its process by SIGKILL, or its power.
    pub fn end_hq(&mut self) -> Verdict {
        if !self.hq.is_on() {
            return Ok(());
        }
        if self.dice.chance(50) {
            let rule = self.survival();
            self.tell("HQ power cuts", format!("HQ loses power: {rule:?} survives"));
            disk::cut_power(&self.hq.folder, rule);
        } else {
            self.tell("HQ kills", "HQ is killed".to_owned());
            disk::kill(&self.hq.folder);
        }
        self.hq.stop();
        Ok(())
    }

    /// Ends everything without a word.
    pub fn shut_down(&mut self) {
        for device in 0..self.devices.len() {
            disk::kill(&self.devices[device].folder);
            let _ = self.hang_up(device);
            self.devices[device].stop(self.runtime);
        }
        disk::kill(&self.hq.folder);
        self.hq.stop();
    }

    /// Starts HQ again; everything it ever confirmed must be there.
    pub fn start_hq(&mut self) -> Verdict {
        if self.hq.is_on() {
            return Ok(());
        }
        self.hq.start().map_err(|error| format!("HQ does not start again: {error}"))?;
        self.trace.say("HQ starts".to_owned());
        let ledger = self.read_ledger()?;
        if let Some(lost) = self.model.ledger.contradicted_by(&ledger) {
            return Err(lost);
        }
        self.model.ledger = ledger;
        Ok(())
    }

    /// HQ's ledger as it is.
    pub fn read_ledger(&mut self) -> Verdict<Ledger> {
        Ledger::read(self.hq.probe()).map_err(|error| format!("HQ's ledger is unreadable: {error}"))
    }

    /// Puts an old copy of HQ's ledger back, as `doorstep-hq restored` has it done.
    pub fn restore_hq(&mut self) -> Verdict {
        let Some(image) = self.hq_backup.clone() else { return Ok(()) };
        self.tell("HQ restored", "HQ's ledger is restored".to_owned());
        disk::kill(&self.hq.folder);
        self.hq.stop();
        disk::restore(&self.hq.folder, &image);
        self.hq.start().map_err(|error| format!("a restored HQ does not start: {error}"))?;
        self.admin(|home, tx| Ok(home.renew_generation(tx)?))?;
        let ledger = self.read_ledger()?;
        let held = |ledger: &Ledger, token: &Token| ledger.holds(token);
        let lost: Vec<Token> = self
            .model
            .saved
            .keys()
            .filter(|token| held(&self.model.ledger, token) && !held(&ledger, token))
            .cloned()
            .collect();
        self.trace.counts.add_many("confirmed, then lost with HQ's ledger", lost.len() as u64);
        self.model.forgiven.extend(lost);
        self.model.ledger = ledger;
        self.hq_restored = true;
        Ok(())
    }

    /// Runs an admin's command on HQ's ledger.
    fn admin(
        &mut self,
        work: impl FnOnce(
            &doorstep_hq::home::Home,
            &rusqlite::Connection,
        ) -> Result<(), Box<dyn std::error::Error>>,
    ) -> Verdict {
        let home = self.hq.home().clone();
        let probe = self.hq.probe();
        let done = (|| {
            let tx = probe.transaction()?;
            work(&home, &tx)?;
            Ok::<_, Box<dyn std::error::Error>>(tx.commit()?)
        })();
        done.map_err(|error| format!("HQ refuses its admin: {error}"))
    }

    /// HQ withdraws a device.
    pub fn revoke(&mut self, device: usize) -> Verdict {
        let Some(id) = oracle::device_id(self, device)? else { return Ok(()) };
        let (slot, now) = (self.devices[device].slot, self.hq.now());
        self.tell("devices revoked", format!("HQ withdraws d{slot}"));
        self.admin(|_, tx| Ok(people::revoke_device(tx, id, now).map(drop)?))
    }

    /// A person changes to another store.
    pub fn move_person(&mut self, code: &str, to: &str) -> Verdict {
        let now = self.hq.now();
        let file = format!(
            "[[person]]\ncode = {code:?}\nunit = {to:?}\nname = \"某人\"\nrole = {:?}\n",
            if code.starts_with('e') { "engineer" } else { "clerk" }
        );
        self.tell("people moved", format!("{code} works for {to} now"));
        self.admin(|home, tx| Ok(staff::take_file(home, tx, &file, now).map(drop)?))
    }

    /// Puts an old copy of a profile back.
    pub fn restore_device(&mut self, device: usize) -> Verdict {
        let Some(image) = self.devices[device].backup.clone() else { return Ok(()) };
        self.end_device(device, None)?;
        let slot = self.devices[device].slot;
        self.tell("devices restored", format!("d{slot} is restored"));
        disk::restore(&self.devices[device].folder, &image);
        let old = Outbox::read(&self.devices[device])
            .map_err(|error| format!("a restored device is unreadable: {error}"))?;
        let gone: Vec<Token> = self
            .model
            .saved
            .iter()
            .filter(|(_, saved)| saved.slot == slot)
            .map(|(token, _)| token)
            .filter(|token| !self.model.ledger.holds(token) && !old.tokens.contains(*token))
            .cloned()
            .collect();
        self.trace.counts.add_many("unsent, then lost with a profile", gone.len() as u64);
        self.model.forgiven.extend(gone);
        Ok(())
    }

    /// Copies a profile onto a machine that nobody used yet; both go on.
    pub fn clone_device(&mut self, device: usize, seed: u64) -> Verdict {
        let taken = self.devices.iter().any(|device| device.slot >= OWNERS.len());
        if taken || SLOTS == OWNERS.len() {
            return Ok(());
        }
        let slot = OWNERS.len();
        let image = self.devices[device].image();
        let folder = self.template.path(&format!("device{slot}"));
        disk::restore(&folder, &image);
        let host = SimHost::new(slot, &self.truth, &self.hub, Dice::new(seed, 200 + slot as u64));
        let person = self.devices[device].person;
        let of = self.devices[device].slot;
        self.devices.push(Device::new(slot, person, folder, host));
        self.tell("devices cloned", format!("d{of} is cloned to d{slot}"));
        self.on(self.devices.len() - 1)
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
