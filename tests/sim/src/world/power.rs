//! Starting and ending: devices and HQ are switched on, closed, killed, and lose power.

use super::{Verdict, World, name_of};
use crate::{
    disk::{self, Fault, SurvivalRule},
    oracle,
};

impl World<'_> {
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

    /// After one failed read the cipher lets a connection do nothing more, and the screen says that
    /// the database is damaged or that saving failed: somebody closes and opens the application.
    /// Without a fault of the disk before, it must not say so.
    pub(super) fn start_anew(&mut self, device: usize) -> Verdict {
        let slot = self.devices[device].slot;
        if !self.devices[device].is_on() {
            return Ok(());
        }
        let fired = disk::disarm(&self.devices[device].folder);
        if fired.is_none() && !self.devices[device].harmed {
            return Err(format!("device {slot} says that its database is damaged without a cause"));
        }
        self.trace.counts.add("devices opened anew after a failed read");
        self.close_device(device)
    }

    /// What follows from a fault that befell a device.
    pub(super) fn after_harm(&mut self, device: usize, fired: Option<Fault>) -> Verdict {
        if let Some(fault) = fired {
            self.trace.counts.add(&format!("device's disk: {}", name_of(fault)));
            self.devices[device].harmed = true;
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
        self.devices[device].harmed = true;
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
}
