//! The business every seed starts from: built once per process, copied for each seed.

use doorstep_domain::{
    asset::Asset,
    customer::Customer,
    id::{AssetId, CustomerId, LegId, OrgId, PersonId, SiteId, VisitId, WorkOrderId},
    org::{Person, Role},
    site::Site,
    time::UtcMs,
    visit::{Slot, Visit, VisitState},
    work_order::{JobKind, Leg, LegKind, LegState, WorkOrder},
};
use doorstep_hq::{
    enrolment,
    home::Home,
    pool_sizes,
    records::{self, derived_id},
    reference, sight, staff,
};
use doorstep_store::{
    ledger::people,
    vault::{KdfCost, Pin, RawKey, Vault, WrapNoise},
};
use rusqlite::Connection;
use serde_json::json;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, atomic::AtomicI64},
};
use tokio::{runtime::Runtime, sync::mpsc};

use crate::{
    device::{Device, PIN},
    dice::Dice,
    disk::{self, Image},
    host::{Signal, SimHost},
    hq::{self, HqMachine},
};

/// Ten in the morning in Shanghai on a working day.
pub const START: UtcMs = UtcMs(1_784_080_800_000);
/// Every device's database has the same key, so that profiles can be copied between folders.
const KEY: [u8; 32] = [7; 32];
/// Whose device stands in which slot; the first engineer has two. After these come empty slots for
/// clones.
pub const OWNERS: [usize; 6] = [0, 0, 1, 2, 3, 4];
/// Slots in all.
pub const SLOTS: usize = OWNERS.len() + 1;

const STAFF: &str = r#"
[[unit]]
code = "hq"
kind = "hq"
name = "总部"
region = "CN"

[[unit]]
code = "dealer"
kind = "dealer"
name = "经销商"
parent = "hq"
region = "CN-31"

[[unit]]
code = "one"
kind = "store"
name = "一店"
parent = "dealer"
region = "CN-31"

[[unit]]
code = "two"
kind = "store"
name = "二店"
parent = "dealer"
region = "CN-31"

[[person]]
code = "e1"
unit = "one"
name = "工程师甲"
role = "engineer"

[[person]]
code = "e2"
unit = "one"
name = "工程师乙"
role = "engineer"

[[person]]
code = "k1"
unit = "one"
name = "店员丙"
role = "clerk"

[[person]]
code = "c1"
unit = "dealer"
name = "调度丁"
role = "coordinator"

[[person]]
code = "e3"
unit = "two"
name = "工程师戊"
role = "engineer"
"#;
/// Their codes, in the order of [`OWNERS`]'s numbers.
const CODES: [&str; 5] = ["e1", "e2", "k1", "c1", "e3"];

/// Which of them work at the door.
pub const ENGINEERS: [usize; 3] = [0, 1, 4];

/// A model that is sold, of which every store has few.
#[derive(Debug, Clone, Copy)]
pub struct Goods {
    /// Its number in the sample catalogue.
    pub sku: &'static str,
    /// How many every store has.
    pub units: i64,
    /// The bonus asked for with it, and its fen; promised on a lease only.
    pub bonus: Option<(&'static str, i64)>,
}

/// What is sold.
pub const GOODS: [Goods; 2] = [
    Goods { sku: "S-XH-100", units: 1, bonus: None },
    Goods { sku: "S-KF-35G1", units: 2, bonus: Some(("b_model", 30_000)) },
];
/// What `doorstep-hq pools` is told: few of everything, and two visits in the window of deliveries.
const SIZES: &str = r#"
sample = true

[[stock]]
store = "*"
sku = "S-XH-100"
units = 1

[[stock]]
store = "*"
sku = "S-KF-35G1"
units = 2

[[slot]]
store = "*"
day = "2026-07-16"
from_min = 780
to_min = 900
visits = 2

[[bonus]]
id = "b_model"
fen = 60000
"#;

/// One household with its job.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Whether a machine may be sold on it: a trade-in, and today.
    pub sells: bool,
    /// Whose job it was in the beginning.
    pub engineer: PersonId,
    /// The visit.
    pub visit: VisitId,
    /// The work order.
    pub order: WorkOrderId,
    /// The machine.
    pub asset: AssetId,
    /// The store.
    pub store: OrgId,
}

impl Job {
    /// When what is sold on it is delivered: tomorrow from 13 to 15 o'clock.
    pub fn delivery() -> Slot {
        let start = START.plus_ms(27 * 60 * UtcMs::MINUTE);
        Slot { start, end: start.plus_ms(120 * UtcMs::MINUTE) }
    }
}

/// The business.
pub struct Template {
    /// Where the parts of profiles lie that are no databases.
    pub folder: tempfile::TempDir,
    /// HQ's ledger.
    pub hq: Image,
    /// The devices' databases, by slot.
    pub devices: Vec<Image>,
    /// The staff, in the order of [`CODES`].
    pub people: Vec<Person>,
    /// The jobs; the last is the other store's.
    pub jobs: Vec<Job>,
}

/// The key of every device's database.
pub fn key() -> RawKey {
    RawKey::from_bytes(KEY)
}

impl Template {
    /// Builds the business through HQ's and the devices' own doors.
    pub fn build(runtime: &Runtime) -> Template {
        disk::register();
        disk::reset(Dice::new(0, 1));
        hq::reset_dice(Dice::new(0, 2));
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("doorstep-sim-").tempdir_in(place);
        let folder = folder.expect("a folder can be made");
        let truth = Arc::new(AtomicI64::new(START.0));
        let mut machine = HqMachine::new(name(folder.path(), "hq"), &truth, 1_000);
        machine.start().expect("HQ starts");
        let home = machine.home().clone();
        let (people, jobs) = business(&home, machine.probe());
        let (hub, mut ear) = mpsc::unbounded_channel();
        let mut devices = Vec::new();
        for slot in 0..SLOTS {
            let path = name(folder.path(), &format!("device{slot}"));
            make_vault(&path);
            let Some(owner) = OWNERS.get(slot) else { continue };
            let host = SimHost::new(slot, &truth, &hub, Dice::new(0, 10 + slot as u64));
            let mut device = Device::new(slot, *owner, path, host);
            let person = people[*owner].id;
            enrol(runtime, &mut machine, &mut device, person, &hub, &mut ear);
            device.stop(runtime);
            devices.push(device.image());
        }
        machine.stop();
        let hq = disk::image(&machine.folder);
        Template { folder, hq, devices, people, jobs }
    }

    /// A folder of the simulated machines.
    pub fn path(&self, of: &str) -> String {
        name(self.folder.path(), of)
    }
}

fn name(folder: &Path, of: &str) -> String {
    folder.join(of).to_string_lossy().into_owned()
}

/// The cheapest key derivation there is: what it guards here is nobody's.
fn make_vault(folder: &str) {
    std::fs::create_dir_all(folder).expect("a folder can be made");
    let cost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };
    let noise = WrapNoise { salt: [1; 16], nonce: [2; 24] };
    let pin = Pin::accept(PIN).expect("the PIN is a good one");
    let made = Vault::in_folder(folder).create(&key(), &pin, None, cost, &noise);
    made.expect("a vault can be made");
}

fn enrol(
    runtime: &Runtime,
    machine: &mut HqMachine,
    device: &mut Device,
    person: PersonId,
    hub: &crate::host::Hub,
    ear: &mut mpsc::UnboundedReceiver<Signal>,
) {
    device.start(runtime).expect("a new device starts");
    let home = machine.home().clone();
    let ticket = enrolment::ticket(&home, machine.probe(), person, "hq:1", START);
    let ticket = ticket.expect("HQ makes a ticket").to_text();
    let input = json!({ "ticket": ticket, "pin": PIN, "device_name": "sim" });
    device.begin("enrol", input, runtime, hub);
    serve_until_done(runtime, machine, ear).expect("the device enrols");
    device.begin_sync(runtime, hub);
    serve_until_done(runtime, machine, ear).expect("the device syncs");
    device.syncing = false;
}

fn serve_until_done(
    runtime: &Runtime,
    machine: &HqMachine,
    ear: &mut mpsc::UnboundedReceiver<Signal>,
) -> doorstep_app::ApiResult<serde_json::Value> {
    loop {
        match runtime.block_on(ear.recv()).expect("the device signals") {
            Signal::Posted { request, reply, .. } => {
                let _ = reply.send(machine.serve(runtime, &request));
            }
            Signal::Done { result, .. } => return result,
        }
    }
}

fn business(home: &Home, conn: &mut Connection) -> (Vec<Person>, Vec<Job>) {
    let tx = conn.transaction().expect("HQ's ledger opens");
    staff::take_file(home, &tx, STAFF, START).expect("the staff is sound");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    reference::publish(home, &tx, &data, START).expect("the sample data is sound");
    pool_sizes::take_file(&tx, SIZES, START).expect("the sizes are sound");
    let people: Vec<Person> = CODES
        .iter()
        .map(|code| {
            let id = PersonId(derived_id(&["person", code]));
            people::person(&tx, id).expect("readable").expect("in the file")
        })
        .collect();
    let crews = [0, 0, 1, 4];
    let jobs =
        crews.iter().enumerate().map(|(number, crew)| job(&tx, number, &people[*crew])).collect();
    tx.commit().expect("HQ's ledger commits");
    assert!(people.iter().any(|person| person.role == Role::Coordinator));
    (people, jobs)
}

fn job(conn: &Connection, number: usize, engineer: &Person) -> Job {
    let id = |what: &str| derived_id(&["sim", what, &number.to_string()]);
    let store = engineer.org;
    let customer = Customer {
        id: CustomerId(id("customer")),
        store,
        name: format!("客户{number}"),
        phones: vec![format!("1380000{number:04}")],
        address: format!("样例路{number}号"),
        consents: Vec::new(),
    };
    let site = Site {
        id: SiteId(id("site")),
        customer: customer.id,
        region: "CN-31".to_owned(),
        address: customer.address.clone(),
        floor: None,
        lift: None,
        narrowest_turn_mm: None,
        gas: None,
        circuit_amps: None,
        access_rules: Vec::new(),
    };
    let asset = Asset {
        category: "fridge".to_owned(),
        gtin: Some("2000000000107".to_owned()),
        purchased_on: Some("2012-05-01".parse().expect("a day")),
        owner: Some(customer.id),
        site: Some(site.id),
        ..Asset::blank(AssetId(id("asset")))
    };
    let visit = VisitId(id("visit"));
    let sells = number != 1;
    let (kind, job) = if sells {
        (LegKind::Remove, JobKind::TradeIn)
    } else {
        (LegKind::Repair, JobKind::Repair)
    };
    let leg = Leg {
        id: LegId(id("leg")),
        kind,
        category: asset.category.clone(),
        asset: Some(asset.id),
        gtin: None,
        visit: Some(visit),
        state: LegState::Open,
    };
    let order = WorkOrder {
        id: WorkOrderId(id("order")),
        number: Some(format!("WO-{number}")),
        job,
        store,
        customer: customer.id,
        site: site.id,
        requested_at: START,
        complaint: String::new(),
        order: None,
        grown_from: None,
        legs: vec![leg],
        cancelled_at: None,
    };
    let Slot { start, end } = Job::delivery();
    let day = if sells { -UtcMs::DAY } else { 0 };
    let planned = Visit {
        id: visit,
        store,
        slot: Slot { start: start.plus_ms(day), end: end.plus_ms(day) },
        crew: vec![engineer.id],
        customer: customer.id,
        site: site.id,
        work_orders: vec![order.id],
        state: VisitState::Planned,
        log: Vec::new(),
    };
    records::put_customer(conn, &customer).expect("written");
    records::put_site(conn, &site, store).expect("written");
    records::put_asset(conn, &asset, store, START).expect("written");
    records::put_work_order(conn, &order, &BTreeSet::from([engineer.id]), START).expect("written");
    sight::put_visit(conn, &planned).expect("written");
    Job { sells, engineer: engineer.id, visit, order: order.id, asset: asset.id, store }
}
