//! An independent ledger: fed only from what is printed on the papers and what the commands
//! returned, kept in fen by its own arithmetic. Both money identities must hold for every order and
//! over all of them, and tablet, papers and HQ must name the same amounts.

use doorstep_tests::{
    device::Device,
    paper::{self, PriceTable},
    pictures,
    shop::{SETTLE, Shop},
    story::{DAY, Job, STEPS, Silence, Step, stroke},
};
use serde_json::{Value, json};

/// What one order comes to. All fen; what reduces the payment is positive here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Entry {
    invoice: i64,
    subsidy: i64,
    old_value: i64,
    fees: i64,
    deposits: i64,
    /// Certain, and if the subsidy is approved.
    to_collect: [i64; 2],
    /// The customer's part of the invoice, in both cases.
    consideration: [i64; 2],
    /// Money the engineer recorded; negative when paid out.
    recorded: i64,
}

impl Entry {
    fn plus(mut self, other: Entry) -> Entry {
        self.invoice += other.invoice;
        self.subsidy += other.subsidy;
        self.old_value += other.old_value;
        self.fees += other.fees;
        self.deposits += other.deposits;
        self.recorded += other.recorded;
        for case in 0..2 {
            self.to_collect[case] += other.to_collect[case];
            self.consideration[case] += other.consideration[case];
        }
        self
    }

    fn broken_identity(&self) -> Option<String> {
        let granted = [0, self.subsidy];
        for case in 0..2 {
            if self.invoice != self.consideration[case] + granted[case] {
                return Some(format!("invoice = consideration + subsidy, case {case}: {self:?}"));
            }
            let collected = self.consideration[case] + self.fees - self.old_value - self.deposits;
            if self.to_collect[case] != collected {
                return Some(format!(
                    "to collect = consideration + fees − …, case {case}: {self:?}"
                ));
            }
        }
        (self.recorded != self.to_collect[0]).then(|| format!("recorded ≠ certain: {self:?}"))
    }
}

/// Reads an entry off a quote paper; the lines must come to what stands beside their headings.
fn from_quote_paper(text: &str, struck: &[&str]) -> Entry {
    let table = PriceTable::read(text);
    let counted = |head: &str| -> i64 {
        let lines = table.below(head).iter();
        let sum = lines.filter(|(label, _)| !struck.contains(&label.as_str()));
        let sum = sum.map(|(_, fen)| fen).sum();
        assert_eq!(sum, table.head(head), "the lines below {head} in\n{text}");
        sum
    };
    let invoice = counted("新机标价") + counted("优惠");
    assert_eq!(invoice, table.head("成交价"), "the final price in\n{text}");
    let certain = table.head("确定应付");
    let approved = table.heads.get("若补贴获批").copied().unwrap_or(certain);
    let panel = paper::panel(text);
    assert_eq!(panel[0], certain, "the panel and the table in\n{text}");
    assert_eq!(panel.get(1).copied().unwrap_or(certain), approved, "likewise in\n{text}");
    Entry {
        invoice,
        subsidy: -counted("政府补贴（预估）"),
        old_value: -counted("旧机抵扣"),
        fees: counted("服务费"),
        deposits: -counted("押金"),
        to_collect: [certain, approved],
        ..Entry::default()
    }
}

fn from_order_paper(text: &str) -> Entry {
    let table = PriceTable::read(text);
    let panel = paper::panel(text);
    Entry {
        invoice: table.head("成交价"),
        subsidy: -table.head("政府补贴（预估）"),
        old_value: -table.head("旧机抵扣"),
        fees: table.head("服务费"),
        deposits: -table.head("押金"),
        to_collect: [panel[0], panel.get(1).copied().unwrap_or(panel[0])],
        ..Entry::default()
    }
}

/// One sale at one door.
struct Sale {
    work_order: Value,
    slot: Value,
    quote: Value,
    /// Labels of fees that are printed struck through.
    struck: &'static [&'static str],
}

fn line(id: &str, sku: &str, discounts: Value) -> Value {
    json!({ "line": id, "sku": sku, "discounts": discounts })
}

async fn doors(tablet: &Device) -> Vec<(Value, Value)> {
    let mut doors = Vec::new();
    let today = tablet.call("today", json!({ "day": DAY })).await;
    for row in today["visits"].as_array().expect("visits") {
        let visit = tablet.call("visit_open", json!({ "visit": row["visit"] })).await;
        doors.push((visit["work_orders"][0]["id"].clone(), row["slot"].clone()));
    }
    doors
}

/// An old machine first met at the door.
async fn met(tablet: &Device, category: &str, capacity: i64, bought: &str) -> Value {
    let seen = json!({
        "identity": { "category": category, "brand": "样例丙", "purchased_on": bought },
        "capacity": capacity,
    });
    tablet.call("machine_set", seen).await["asset"]["id"].clone()
}

async fn sales(tablet: &Device, job: &Job) -> Vec<Sale> {
    let doors = doors(tablet).await;
    assert_eq!(doors.len(), 5, "the engineer has five visits on the day");
    assert_eq!(doors[0].0, job.work_order.as_str(), "the door job comes first");
    let big_fridge = met(tablet, "fridge", 520, "2025-06-01").await;
    let washer = met(tablet, "washer", 8, "2021-03-10").await;
    let bonus = |fen: i64| json!([{ "kind": "trade_in_bonus", "id": "b-7", "amount": fen }]);
    let fee = |rule: &str, quantity: i64| json!({ "line": "new-1", "rule": rule, "quantity_milli": quantity * 1_000 });
    let quotes = [
        // Cross-category, subsidised, a bonus before the subsidy's base, a fee struck through.
        json!({
            "new": [line("new-1", "S-XH-100", json!([
                { "kind": "merchant", "id": "door", "amount": 30_000 },
                { "kind": "trade_in_bonus", "id": "b-7", "amount": 12_345 },
            ]))],
            "old": [job.asset],
            "fees": [fee("move.dismantle", 1), { "line": "new-1", "rule": "move.stairs.up",
                "quantity_milli": 6_000, "kg": 70 }],
            "removal": "one_visit",
        }),
        // No programme grants anything to an electric heater of grade 2.
        json!({
            "new": [line("new-1", "S-DR-60", bonus(5_000))],
            "old": [washer],
            "fees": [fee("wp.faucet", 2)],
            "removal": "recover_first",
        }),
        // The old one is worth more than the new one costs: money goes the other way.
        json!({
            "new": [line("new-1", "S-DF-4", json!([]))],
            "old": [big_fridge],
            "removal": "one_visit",
        }),
        // No old machine, a deposit set off.
        json!({
            "new": [line("new-1", "S-TV-65", json!([]))],
            "fees": [{ "line": "new-1", "rule": "tv.bracket", "inch": 65 }],
            "deposits": [{ "reference": "deposit-0031", "amount": 20_000 }],
        }),
        // Two machines with a subsidy each; a fee is added when half the signature is drawn.
        json!({
            "new": [
                line("new-1", "S-KF-35G1", json!([])),
                line("new-2", "S-BX-418", json!([{ "kind": "brand", "id": "m", "amount": 1 }])),
            ],
        }),
    ];
    let struck: [&[&str]; 5] = [&["旧机拆卸费"], &[], &[], &[], &[]];
    let sale = |(((work_order, slot), mut quote), struck): (((Value, Value), Value), _)| {
        quote["work_order"] = work_order.clone();
        Sale { work_order, slot, quote, struck }
    };
    doors.into_iter().zip(quotes).zip(struck).map(sale).collect()
}

async fn terms(tablet: &Device, sale: &Sale, quote: &Value) -> Value {
    let removal = sale.quote.get("removal").cloned().unwrap_or(json!("one_visit"));
    let old = sale.quote["old"].get(0).cloned().unwrap_or(Value::Null);
    let input = json!({
        "quote": quote["quote"]["request"]["id"], "slot": sale.slot, "removal": removal,
        "if_refused": "go_on", "old": old,
    });
    tablet.call("order_terms", input).await
}

async fn draw(tablet: &Device, sale: &Sale) {
    for number in 0..5 {
        let input =
            json!({ "work_order": sale.work_order, "number": number, "stroke": stroke(number) });
        tablet.call("stroke_add", input).await;
    }
}

/// Quotes, signs, files and takes the money; returns the quote that was signed.
async fn sell(tablet: &Device, sale: &Sale, added: Option<(Value, i64)>) -> Value {
    let mut quote = tablet.call("quote_make", sale.quote.clone()).await;
    terms(tablet, sale, &quote).await;
    draw(tablet, sale).await;
    if let Some((fee, amount)) = added {
        let mut more = sale.quote.clone();
        more["fees"] = json!([fee]);
        quote = tablet.call("quote_make", more).await;
        let voided = terms(tablet, sale, &quote).await["voided"].clone();
        assert_eq!(voided, json!({ "certain": amount, "if_approved": amount }), "the delta");
        let pad = tablet.call("strokes", json!({ "work_order": sale.work_order })).await;
        assert_eq!(pad["strokes"], json!([]), "a changed amount needs a new signature");
        draw(tablet, sale).await;
    }
    let file = json!({ "work_order": sale.work_order, "name": "王芳", "relation": "self" });
    let filed = tablet.call("order_file", file).await;
    let order = &filed["orders"][0]["order"];
    let certain = order["signed"]["terms"]["totals"]["certain"].as_i64().expect("fen");
    let payment = json!({
        "work_order": sale.work_order, "order": order["id"], "amount": certain,
        "purpose": if certain < 0 { "payout" } else { "balance" }, "method": "cash",
    });
    tablet.call("payment_record", payment).await;
    quote["quote"].clone()
}

/// The text of the newest paper of this kind that a device can show.
async fn printed(device: &Device, work_order: &Value, kind: &str) -> String {
    let papers = device.call("paper_list", json!({ "subject": work_order })).await;
    let papers = papers["papers"].as_array().expect("papers").clone();
    let paper = papers.iter().rfind(|paper| paper["shot"] == kind);
    let paper = paper.unwrap_or_else(|| panic!("no {kind} among {papers:?}"));
    let bytes = device.call("paper_bytes", json!({ "hash": paper["hash"] })).await;
    paper::text(&pictures::bytes(bytes["base64"].as_str().expect("base64")))
}

/// The two signed totals and the money recorded, as a device knows them.
async fn known(device: &Device, work_order: &Value) -> ([i64; 2], i64, Value) {
    let view = device.call("order_view", json!({ "work_order": work_order })).await;
    let orders = view["orders"].as_array().expect("orders");
    assert_eq!(orders.len(), 1, "one order: {view}");
    let totals = &orders[0]["order"]["signed"]["terms"]["totals"];
    let fen = |value: &Value| value.as_i64().expect("fen");
    let payments = orders[0]["payments"].as_array().expect("payments");
    let recorded = payments.iter().map(|payment| fen(&payment["amount"])).sum();
    ([fen(&totals["certain"]), fen(&totals["if_approved"])], recorded, orders[0]["number"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_identities_hold_for_every_order_and_over_the_ledger_from_paper_to_hq() {
    let shop = Shop::open(30);
    let tablet = shop.tablet().await;
    for step in STEPS.into_iter().take_while(|step| *step != Step::Offer) {
        step.play(&tablet, &shop.job, &mut Silence).await;
    }
    let sales = sales(&tablet, &shop.job).await;
    let mut ledger: Vec<Entry> = Vec::new();
    for (number, sale) in sales.iter().enumerate() {
        let fee = json!({ "line": "new-1", "rule": "ac.drill.thick", "quantity_milli": 2_000,
            "photos": ["wall_hole"] });
        let quote = sell(&tablet, sale, (number == 4).then_some((fee, 10_000))).await;
        let consideration = ["certain", "if_approved"]
            .map(|case| quote["totals"][case]["customer_consideration"].as_i64().expect("fen"));
        let mut entry =
            from_quote_paper(&printed(&tablet, &sale.work_order, "quote.zh").await, sale.struck);
        let signed = from_order_paper(&printed(&tablet, &sale.work_order, "order.zh").await);
        assert_eq!(entry, signed, "quote paper and signed order, sale {number}");
        let (totals, recorded, _) = known(&tablet, &sale.work_order).await;
        assert_eq!(totals, entry.to_collect, "papers and order_view, sale {number}");
        entry.consideration = consideration;
        entry.recorded = recorded;
        assert_eq!(entry.broken_identity(), None, "sale {number}");
        ledger.push(entry);
    }
    what_was_sold_is_as_varied_as_meant(&ledger);
    a_ledger_off_by_one_fen_is_found(&ledger);

    tablet.sync_until_settled(SETTLE).await;
    let laptop = shop.laptop().await;
    laptop.sync_until_settled(SETTLE).await;
    let mut at_hq = Entry::default();
    for (number, (sale, entry)) in sales.iter().zip(&ledger).enumerate() {
        let (totals, recorded, order_number) = known(&laptop, &sale.work_order).await;
        assert_eq!(order_number, format!("DS-20260715-{:04}", number + 1), "HQ executed it");
        let paper = printed(&laptop, &sale.work_order, "quote.zh").await;
        let mut entry_at_hq = from_quote_paper(&paper, sale.struck);
        entry_at_hq.consideration = entry.consideration;
        entry_at_hq.recorded = recorded;
        assert_eq!((totals, entry_at_hq), (entry.to_collect, *entry), "HQ's side, sale {number}");
        at_hq = at_hq.plus(entry_at_hq);
    }
    assert_eq!(at_hq.broken_identity(), None, "over all orders");
    assert_eq!(at_hq, ledger.iter().copied().fold(Entry::default(), Entry::plus));
}

/// Figures worked out by hand from the sample price list, so that reading nothing cannot pass.
fn what_was_sold_is_as_varied_as_meant(ledger: &[Entry]) {
    let [door, heater, payout, tv, two] = ledger else { panic!("five orders: {ledger:?}") };
    assert_eq!(door.invoice, 429_900 - 30_000 - 12_345, "the bonus lowers the invoice");
    assert_eq!(door.subsidy, 58_133, "15 % of 3,875.55, rounded to the fen");
    assert!(door.old_value > 0 && door.fees > 0, "an old fridge and the stairs: {door:?}");
    assert_eq!((heater.subsidy, heater.fees), (0, 7_000));
    assert_eq!((payout.invoice, payout.old_value), (19_900, 90_000));
    assert_eq!(payout.to_collect, [-70_100, -70_100], "a payout");
    assert_eq!((tv.deposits, tv.fees, tv.old_value), (20_000, 12_000, 0));
    assert_eq!(two.invoice, 299_900 + 329_899);
    assert_eq!((two.subsidy, two.fees), (44_985 + 49_485, 10_000));
}

fn a_ledger_off_by_one_fen_is_found(ledger: &[Entry]) {
    for entry in ledger {
        let slips: [fn(&mut Entry); 8] = [
            |e| e.invoice += 1,
            |e| e.subsidy += 1,
            |e| e.old_value += 1,
            |e| e.fees += 1,
            |e| e.deposits += 1,
            |e| e.to_collect[1] -= 1,
            |e| e.consideration[0] -= 1,
            |e| e.recorded += 1,
        ];
        for (number, slip) in slips.into_iter().enumerate() {
            let mut wrong = *entry;
            slip(&mut wrong);
            assert!(wrong.broken_identity().is_some(), "slip {number} goes unseen: {wrong:?}");
        }
    }
}
