//! Copies of a disk: old ones put back, and one that goes on beside its original.

use super::{Verdict, World};
use crate::{
    device::Device,
    dice::Dice,
    disk,
    host::SimHost,
    model::{Ledger, Outbox, Token},
    template::{OWNERS, SLOTS},
};

impl World<'_> {
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
        self.copied = true;
        Ok(())
    }

    /// Copies a profile onto a machine that nobody used yet; both go on.
    pub fn clone_device(&mut self, device: usize, seed: u64) -> Verdict {
        let taken = self.devices.iter().any(|device| device.slot >= OWNERS.len());
        if taken || SLOTS == OWNERS.len() {
            return Ok(());
        }
        self.copied = true;
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
