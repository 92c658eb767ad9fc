//! Messages on their way: a device that syncs asks, HQ serves, and requests and answers are carried,
//! lost, doubled and late.

use doorstep_app::{Answer, ErrorCode, Request};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::{Verdict, World, name_of};
use crate::{
    disk::{self, Fault},
    host::Signal,
    oracle,
};

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

impl World<'_> {
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
                let is = |wanted| error.as_ref().is_some_and(|code| *code == json!(wanted));
                let hit = self.devices[device].harmed && self.devices[device].is_on();
                if is(ErrorCode::DatabaseDamaged) || is(ErrorCode::StorageFailed) && hit {
                    self.trace.say(format!("d{slot} stops: its database fails"));
                    return self.start_anew(device);
                }
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

    /// Nobody waits at the device any more; its request may still be on the way.
    pub(super) fn hang_up(&mut self, device: usize) -> Verdict {
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
}
