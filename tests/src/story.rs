//! The door job, step by step, as an engineer does it through the command table. Each step can be
//! repeated after a crash and leaves durable work behind.

use doorstep_domain::time::UtcMs;
use serde_json::{Value, json};
use std::{
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{device::Device, hq::Hq, pictures};

/// The day of the story: the sample price book is valid and the 2026 national subsidy in force.
pub const DAY: &str = "2026-07-15";
/// When the story begins: 2026-07-15 08:30 in Asia/Shanghai.
pub const START: UtcMs = UtcMs(1_784_075_400_000);
/// The new machine: a washer-dryer of energy grade 1.
pub const NEW_SKU: &str = "S-XH-100";
/// The discount agreed at the door, fen.
pub const DISCOUNT: i64 = 30_000;

/// Milliseconds by which every clock of the story is set, the same for all processes.
pub fn offset_to_story_day() -> i64 {
    static OFFSET: OnceLock<i64> = OnceLock::new();
    *OFFSET.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        START.0 - i64::try_from(now.as_millis()).expect("fits")
    })
}

/// Somebody who listens to the story.
pub trait Narrator {
    /// Hears one sentence.
    fn say(&mut self, text: String);
}

/// Nobody listens.
pub struct Silence;

impl Narrator for Silence {
    fn say(&mut self, _: String) {}
}

/// Says each sentence on standard output.
pub struct Aloud;

impl Narrator for Aloud {
    fn say(&mut self, text: String) {
        println!("{text}");
    }
}

/// The records of the door job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The visit.
    pub visit: String,
    /// Its work order.
    pub work_order: String,
    /// The old machine.
    pub asset: String,
    /// Its warranty card.
    pub card: String,
    /// The text of the card's QR, as the customer holds it.
    pub card_text: String,
    /// Whose visit it is.
    pub engineer: String,
    /// The store responsible.
    pub store: Value,
}

impl Job {
    /// The door job of an HQ with sample data.
    pub fn of(hq: &Hq) -> Job {
        let told = &hq.facts["door_job"];
        let text = |field: &str| told[field].as_str().unwrap_or_default().to_owned();
        Job {
            visit: text("visit"),
            work_order: text("work_order"),
            asset: text("asset"),
            card: text("card"),
            card_text: text("card_text"),
            engineer: text("engineer"),
            store: told["store"].clone(),
        }
    }
}

/// The steps at the door, in order; all of them without a network.
pub const STEPS: [Step; 10] = [
    Step::Today,
    Step::Arrive,
    Step::Scan,
    Step::Inspect,
    Step::Photos,
    Step::Offer,
    Step::Quote,
    Step::Terms,
    Step::Sign,
    Step::File,
];

/// One step at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Open today's list and tap the trade-in visit.
    Today,
    /// Set off, arrive, begin.
    Arrive,
    /// Scan the old refrigerator's card.
    Scan,
    /// Go through the checklist and note the faults.
    Inspect,
    /// Take the guided photos.
    Photos,
    /// Set repair beside trade-in.
    Offer,
    /// Quote the washing machine.
    Quote,
    /// Choose slot, removal mode, and what happens if the subsidy is refused.
    Terms,
    /// Draw the signature.
    Sign,
    /// File the combined order.
    File,
}

impl Step {
    /// Does the step on a device and tells what came of it.
    pub async fn play(self, device: &Device, job: &Job, narrator: &mut dyn Narrator) {
        match self {
            Step::Today => today(device, job, narrator).await,
            Step::Arrive => arrive(device, job, narrator).await,
            Step::Scan => scan(device, job, narrator).await,
            Step::Inspect => inspect(device, job, narrator).await,
            Step::Photos => photos(device, job, narrator).await,
            Step::Offer => offer(device, job, narrator).await,
            Step::Quote => quote(device, job, narrator).await,
            Step::Terms => terms(device, job, narrator).await,
            Step::Sign => sign(device, job, narrator).await,
            Step::File => file(device, job, narrator).await,
        }
    }
}

/// Fen as people read them.
pub fn yuan(fen: &Value) -> String {
    let fen = fen.as_i64().expect("an amount in fen");
    let sign = if fen < 0 { "−" } else { "" };
    format!("{sign}¥{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

fn both(words: &Value) -> String {
    format!(
        "{} / {}",
        words["zh"].as_str().unwrap_or_default(),
        words["en"].as_str().unwrap_or_default()
    )
}

async fn today(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let list = device.call("today", json!({ "day": DAY })).await;
    let visits = list["visits"].as_array().expect("visits");
    narrator.say(format!("今日 Today {DAY}: {} visits, {} done", visits.len(), list["done"]));
    for row in visits {
        narrator.say(format!(
            "   {}  {}  {}  [{}]",
            row["slot_text"].as_str().unwrap_or_default(),
            row["customer"]["name"].as_str().unwrap_or_default(),
            row["jobs"].as_array().map_or(String::new(), |jobs| {
                jobs.iter().map(both).collect::<Vec<_>>().join(", ")
            }),
            both(&row["record"]["words"]),
        ));
    }
    assert!(
        visits.iter().any(|row| row["visit"] == job.visit.as_str()),
        "the trade-in visit is on today's list"
    );
}

async fn arrive(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    for step in ["set_off", "arrive", "begin"] {
        let input = json!({ "visit": job.visit, "step": step });
        match device.try_call("visit_mark", input).await {
            Ok(view) => narrator.say(format!(
                "{}  ({})",
                both(&view["row"]["state_words"]),
                both(&view["row"]["record"]["words"])
            )),
            // After a crash the step may be noted already.
            Err(error) => assert_eq!(error["code"], "state_refused", "{error}"),
        }
    }
}

async fn scan(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let photo = pictures::card_on_a_table(&job.card_text);
    let seen = device.call("label_scan", json!({ "image": pictures::base64(&photo) })).await;
    assert!(seen["card_error"].is_null(), "the card is believed: {}", seen["card_error"]);
    let card = &seen["card"];
    assert_eq!(card["card"]["id"], job.card.as_str(), "the scanned card is the machine's");
    narrator.say(format!(
        "扫卡 Card scanned: {} — {} {}, serial {}",
        both(&seen["proof"]["words"]),
        card["card"]["brand"].as_str().unwrap_or_default(),
        card["card"]["model"].as_str().unwrap_or_default(),
        card["card"]["serials"][0].as_str().unwrap_or_default(),
    ));
    narrator.say(format!(
        "   保修 Warranty: whole unit {}, main parts {}",
        card["verdict"]["whole_unit"], card["verdict"]["main_parts"]
    ));
    let life = &card["safe_life"];
    narrator.say(format!(
        "   安全使用年限 Safe life ends {} ({} months left): {}",
        life["ends"].as_str().unwrap_or_default(),
        life["months_left"],
        both(&life["basis"])
    ));
    assert!(life["months_left"].as_i64().expect("a number") <= 0, "it is past its safe life");
}

async fn inspect(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let view = device.call("inspection_view", json!({ "asset": job.asset })).await;
    for check in view["checks"].as_array().expect("checks") {
        let id = check["id"].as_str().expect("an id");
        let result = match (id, check["kind"].as_str().unwrap_or_default()) {
            ("fr.seal", _) => json!("fail"),
            ("fr.temp", _) => json!({ "reading": 6 }),
            ("fr.gap", _) => json!({ "reading": 60 }),
            (_, "reading") => json!({ "reading": 1 }),
            _ => json!("pass"),
        };
        let input = json!({ "asset": job.asset, "check": id, "result": result });
        device.call("inspection_answer", input).await;
    }
    for code in ["door_dent", "rust"] {
        let input = json!({ "asset": job.asset, "code": code, "present": true });
        device.call("fault_set", input).await;
    }
    let view = device.call("inspection_view", json!({ "asset": job.asset })).await;
    let findings = view["report"]["findings"].as_array().expect("findings");
    narrator.say(format!(
        "检测 Inspection: {} checks answered, {} findings, stop use: {}",
        view["answers"].as_array().expect("answers").len(),
        findings.len(),
        view["open_stop_use"]
    ));
    for finding in findings {
        narrator.say(format!("   {}", both(&finding["words"])));
    }
}

async fn photos(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    for (seed, shot) in ["front", "nameplate", "defect", "compressor"].iter().enumerate() {
        let picture = pictures::room(u32::try_from(seed).expect("small"), 1600, 1200);
        let input = json!({
            "subject": job.asset, "kind": "asset", "shot": shot,
            "image": pictures::base64(&picture),
        });
        let kept = device.call("photo_add", input).await;
        narrator.say(format!(
            "照片 Photo {shot}: {} × {} px, {} bytes, encrypted on this tablet, sha256 {}…",
            kept["about"]["width"],
            kept["about"]["height"],
            kept["bytes"],
            &kept["hash"].as_str().expect("a hash")[..12]
        ));
    }
}

async fn offer(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let input = json!({
        "asset": job.asset,
        "repair": { "level": "major", "parts": [{ "part": "p.fr.comp", "quantity": 1 }] },
    });
    let offer = device.call("offer_view", input).await;
    let value = &offer["appraisal"];
    assert!(!value.is_null(), "an appraisal: {}", offer["missing"]);
    narrator.say(format!(
        "旧机估价 Old machine: base {} → value {}",
        yuan(&value["base"]),
        yuan(&value["value"])
    ));
    for line in value["lines"].as_array().expect("lines") {
        narrator.say(format!("   {} {}", both(&line["words"]), yuan(&line["amount"])));
    }
    let repair = &offer["repair"];
    assert!(!repair.is_null(), "a repair price: {}", offer["missing"]);
    narrator.say(format!(
        "旁边是维修 Repair instead: {} ({}‰ of its value)",
        yuan(&repair["total"]),
        repair["permille_of_value"]
    ));
    for scenario in offer["scenarios"].as_array().expect("scenarios").iter().take(2) {
        narrator.say(format!("   说法 Say: {}", both(&scenario["say"])));
    }
}

/// The quote of the story: a washer-dryer for the old refrigerator, with the stairs.
pub fn quote_input(job: &Job) -> Value {
    json!({
        "work_order": job.work_order,
        "new": [{
            "line": "new-1",
            "sku": NEW_SKU,
            "discounts": [{
                "kind": "merchant", "id": "door", "amount": DISCOUNT,
                "words": { "zh": "上门优惠", "en": "Door discount" },
            }],
        }],
        "old": [job.asset],
        "fees": [{ "line": "new-1", "rule": "move.stairs.up", "kg": 70 }],
        "removal": "one_visit",
    })
}

async fn quote(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let shelf = device.call("catalogue_list", json!({ "category": "washer" })).await;
    narrator.say(format!(
        "客户选洗衣机 The customer chooses a washing machine ({} models shown)",
        shelf["models"].as_array().expect("models").len()
    ));
    let view = device.call("quote_make", quote_input(job)).await;
    let quote = &view["quote"];
    narrator.say(format!(
        "报价 Quote {}… valid until {} (bundles {})",
        &quote["hash"].as_str().expect("a hash")[..12],
        quote["valid_until"].as_str().unwrap_or_default(),
        quote["bundles"]
    ));
    for line in quote["lines"].as_array().expect("lines") {
        let struck = if line["struck"].is_null() { "" } else { " (划去 struck)" };
        narrator.say(format!(
            "   {:>12}  {}{struck}  [{}]",
            yuan(&line["amount"]),
            both(&line["words"]),
            line["rule"].as_str().unwrap_or_default()
        ));
    }
    let totals = &quote["totals"];
    narrator.say(format!("   确定应付 Certain to pay {}", yuan(&totals["certain"]["balance"])));
    narrator.say(format!(
        "   若补贴获批 If the subsidy is approved {}",
        yuan(&totals["if_approved"]["balance"])
    ));
}

async fn terms(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let quotes = device.call("quote_list", json!({ "work_order": job.work_order })).await;
    let quote = &quotes["quotes"][0]["quote"];
    let visit = device.call("visit_open", json!({ "visit": job.visit })).await;
    let input = json!({
        "quote": quote["request"]["id"],
        "slot": visit["row"]["slot"],
        "removal": "one_visit",
        "if_refused": "go_on",
        "old": job.asset,
    });
    let view = device.call("order_terms", input).await;
    narrator.say(format!("约定 Terms: {}", both(&view["terms"]["sentence"])));
}

/// Five strokes, each durable before the next.
pub fn stroke(number: i32) -> Value {
    let point = |i: i32| json!({ "x": 1_000 + number * 1_500 + i * 90, "y": 2_000 + (i * i * 11) % 1_900, "t": i * 16 });
    json!((0..14).map(point).collect::<Vec<_>>())
}

async fn sign(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    for number in 0..5 {
        let input = json!({
            "work_order": job.work_order, "number": number, "stroke": stroke(number),
        });
        device.call("stroke_add", input).await;
    }
    narrator.say("签字 Signed: 5 strokes, each saved as it was drawn".into());
}

async fn file(device: &Device, job: &Job, narrator: &mut dyn Narrator) {
    let input = json!({ "work_order": job.work_order, "name": "王芳", "relation": "self" });
    let view = device.call("order_file", input).await;
    let order = &view["orders"][0];
    narrator.say(format!(
        "合并单已提交 Combined order filed: receipt {} — {}",
        order["order"]["receipt"].as_str().unwrap_or_default(),
        both(&order["state_words"])
    ));
}
