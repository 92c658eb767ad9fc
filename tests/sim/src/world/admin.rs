//! What HQ's admin does: withdraws devices and moves people.

use doorstep_hq::staff;
use doorstep_store::ledger::people;

use super::{Verdict, World};
use crate::oracle;

impl World<'_> {
    /// Runs an admin's command on HQ's ledger.
    pub(super) fn admin(
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
}
