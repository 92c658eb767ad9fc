//! What must not lie about: names, phones, addresses, serials, PINs and keys in the clear on a
//! tablet's disk, in the programs, or in the logs; pictures as pictures.

use doorstep_tests::{
    binaries,
    device::{Device, PIN},
    folders::files,
    needles::Needles,
    pictures,
    shop::{SETTLE, Shop},
    story::{Job, STEPS, Silence, offset_to_story_day},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

/// Two days of visits, every form of name the sample data has among them.
const VISITS: u32 = 40;
const DAYS: [&str; 2] = ["2026-07-15", "2026-07-16"];

/// What the sample data says of people and machines.
#[derive(Default, Debug)]
struct Personal {
    names: BTreeSet<String>,
    phones: BTreeSet<String>,
    addresses: BTreeSet<String>,
    serials: BTreeSet<String>,
}

impl Personal {
    /// Asked of a device that sees every visit.
    async fn of(device: &Device, job: &Job) -> Personal {
        let mut all = Personal::default();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        all.note_machine(device, &json!(job.asset)).await;
        for day in DAYS {
            let board = device.call("board", json!({ "day": day })).await;
            for row in board["rows"].as_array().expect("rows") {
                let visit = json!({ "visit": row["row"]["visit"] });
                let visit = device.call("visit_open", visit).await;
                all.names.insert(text(&visit["customer"]["name"]));
                all.phones.insert(text(&visit["customer"]["phones"][0]));
                all.addresses.insert(text(&visit["customer"]["address"]));
                for asset in visit["work_orders"][0]["assets"].as_array().expect("assets") {
                    all.note_machine(device, asset).await;
                }
            }
        }
        assert!(all.phones.len() >= 40 && all.addresses.len() >= 40, "{all:?}");
        assert!(all.names.len() >= 30 && all.serials.len() >= 30, "{all:?}");
        assert!(all.names.contains("阿依古丽·买买提"), "the longest name is among them");
        all
    }

    async fn note_machine(&mut self, device: &Device, asset: &Value) {
        let machine = device.call("machine_view", json!({ "asset": asset })).await;
        for part in machine["asset"]["components"].as_array().expect("components") {
            self.serials.extend(part["serial"].as_str().map(str::to_owned));
        }
    }

    fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        for (what, texts) in [
            ("a name", &self.names),
            ("a phone", &self.phones),
            ("an address", &self.addresses),
            ("a serial", &self.serials),
        ] {
            for text in texts {
                needles.add_text(&format!("{what}: {text}"), text);
            }
        }
        needles
    }
}

/// HQ's private keys, as written and as bytes.
fn add_keys(needles: &mut Needles, hq_data: &Path) {
    let mut found = 0;
    for file in ["root.key", "keys.json"] {
        let text = fs::read_to_string(hq_data.join(file)).expect("a key file");
        for word in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64) {
            needles.add_text(&format!("key {found} of {file}"), word);
            needles.add(&format!("raw key {found} of {file}"), &unhex(word));
            found += 1;
        }
    }
    assert_eq!(found, 4, "root, bundle, card and rescue key");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

fn add_pictures(needles: &mut Needles) {
    needles.add("a JFIF picture", b"JFIF\0");
    needles.add("an Exif picture", b"Exif\0\0");
    needles.add("a paper", b"%PDF-");
    needles.add("a plain database", b"SQLite format 3\0");
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_and_logs_hold_nothing_personal_in_the_clear() {
    let mut shop = Shop::open(VISITS);
    let (tablet_log, hq_log) = (shop.rooms.path().join("t.log"), shop.rooms.path().join("h.log"));
    shop.hq.restart_logging(&hq_log);
    let profile = shop.rooms.path().join("tablet");
    let mut tablet = Device::start_logging(&profile, offset_to_story_day(), Some(&tablet_log));
    let ticket = shop.hq.ticket(&shop.job.engineer, shop.hq.address());
    tablet.enrol(&ticket, "tablet").await;
    let (_, coordinator) = shop.hq.person("coordinator");
    let overview = shop.device("overview", &coordinator).await;
    overview.sync_until_settled(SETTLE).await;
    let personal = Personal::of(&overview, &shop.job).await;

    let mut needles = personal.needles();
    needles.add_text("the PIN", PIN);
    needles.add_text("a whole ticket", &ticket);
    add_keys(&mut needles, shop.hq.data());
    add_pictures(&mut needles);

    for step in STEPS {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    let wrong = tablet.try_call("visit_mark", json!({ "visit": shop.job.visit, "step": "arrive" }));
    assert!(wrong.await.is_err(), "a refusal, so that one is logged");
    needles_are_not_in(&needles, &profile, "with unsent work");
    tablet.sync_until_settled(SETTLE).await;
    needles_are_not_in(&needles, &profile, "after sync");
    tablet.call("lock", json!({})).await;
    needles_are_not_in(&needles, &profile, "locked");
    tablet.kill();
    let key = tablet.key();
    needles.add("the raw key of the tablet", key.expose());
    needles.add("the key of the tablet, written out", hex(key.expose()).as_bytes());
    needles_are_not_in(&needles, &profile, "its own key included");
    assert!(files(&profile).len() > 8, "photos, papers and database lie there");

    let control = shop.rooms.path().join("control");
    fs::create_dir(&control).expect("a folder");
    let planted = [pictures::room(1, 320, 240), needles.all()].concat();
    fs::write(control.join("x"), &planted).expect("a file");
    let found = needles.in_folder(&control).len();
    assert_eq!(found, needles.count(), "the search finds everything when it is there");

    for log in [&tablet_log, &hq_log] {
        let text = fs::read_to_string(log).expect("a log");
        assert!(text.lines().count() >= 5, "{} is a log", log.display());
        assert!(text.contains("refused"), "{} tells of refusals", log.display());
        let said = needles.in_bytes(text.as_bytes());
        assert_eq!(said, BTreeSet::new(), "in {}", log.display());
        assert_eq!(needles.in_bytes(format!("{text} 138{PIN}").as_bytes()).len(), 1, "a control");
    }
    // HQ's ledger is in the clear by design (docs: the server's disk is HQ's to protect), but no
    // PIN ever reaches it and its keys stay in their two files.
    let mut at_hq = Needles::default();
    at_hq.add_text("the PIN", PIN);
    add_keys(&mut at_hq, shop.hq.data());
    let mut allowed = at_hq.in_folder(shop.hq.data());
    allowed.retain(|found| !found.contains("/root.key: ") && !found.contains("/keys.json: "));
    assert_eq!(allowed, BTreeSet::new(), "in HQ's folder");
}

fn needles_are_not_in(needles: &Needles, folder: &Path, when: &str) {
    assert!(needles.count() > 200, "there is something to look for");
    assert_eq!(needles.in_folder(folder), BTreeSet::new(), "{when}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_carry_no_sample_customer_and_no_secret() {
    let shop = Shop::open(VISITS);
    let (_, coordinator) = shop.hq.person("coordinator");
    let overview = shop.device("overview", &coordinator).await;
    overview.sync_until_settled(SETTLE).await;
    let mut needles = Personal::of(&overview, &shop.job).await.needles();
    needles.add("a private key file", b"-----BEGIN PRIVATE KEY-----");
    needles.add("a private key file", b"-----BEGIN EC PRIVATE KEY-----");
    needles.add("the PIN of the tests", PIN.as_bytes());
    add_keys(&mut needles, shop.hq.data());
    for name in ["doorstep-hq", "doorstep-host"] {
        let program = fs::read(binaries::path(name)).expect("a program");
        assert!(program.len() > 10 << 20, "{name} is a whole program");
        assert_eq!(needles.in_bytes(&program), BTreeSet::new(), "in {name}");
        let mut known = Needles::default();
        known.add_text("words of the catalogue of errors", "口令不对");
        known.add_text("a word of the command line", "revoke");
        assert!(!known.in_bytes(&program).is_empty(), "the search finds what {name} does carry");
    }
}
