//! Repair estimates beside the trade-in value, and the gates and timers of steps.

use std::collections::BTreeSet;

use doorstep_domain::{
    catalogue::{Catalogue, Category},
    id::{LegId, VisitId},
    money::Fen,
    org::CertificateKind,
    repair::{PartUse, RepairBook, RepairCover, RepairError, RepairLevel, RepairRequest, estimate},
    steps::{
        Gate, GateRefusal, LoadKind, ReasonBook, Step, StepBook, StepFacts, can_finish, gate,
        load_list,
    },
    time::UtcMs,
    vocabulary::Vocabulary,
    work_order::{JobKind, Leg, LegKind, LegState},
};

fn repairs() -> RepairBook {
    let text = include_str!("../../../data/sample/repair.toml");
    RepairBook::parse(&[("repair.toml", text)]).unwrap()
}

fn steps() -> StepBook {
    let text = include_str!("../../../data/sample/steps.toml");
    StepBook::parse(&[("steps.toml", text)]).unwrap()
}

fn compressor() -> RepairRequest {
    RepairRequest {
        category: Category::new("ac"),
        sub: "wall_1_5p".to_owned(),
        cool_w: Some(3500),
        level: RepairLevel::Major,
        parts: vec![PartUse { part: "p.ac.comp.15".to_owned(), quantity: 1 }],
        cover: RepairCover::None,
        value: Some(Fen(16_000)),
    }
}

#[test]
fn a_compressor_costs_more_than_the_machine_is_worth() {
    let repair = estimate(&repairs(), &compressor()).unwrap();
    assert_eq!(repair.lines[0].amount, Fen(25_000), "labour, wall unit up to 5,100 W, major");
    assert_eq!(repair.total, Fen(93_000));
    assert_eq!(repair.permille_of_value, Some(5_813));
    assert_eq!(repair.lines[1].term_months, 36);
    assert_eq!(repair.parts_to_return(), BTreeSet::from(["p.ac.comp.15"]));
}

#[test]
fn warranty_shows_the_lines_and_asks_for_nothing() {
    let covered = |cover| estimate(&repairs(), &RepairRequest { cover, ..compressor() }).unwrap();
    for cover in [RepairCover::WholeUnit, RepairCover::MainParts] {
        let repair = covered(cover);
        assert_eq!((repair.listed_total, repair.total), (Fen(93_000), Fen::ZERO));
        assert!(repair.lines.iter().all(|line| line.covered.is_some()));
        assert_eq!(repair.permille_of_value, Some(0));
    }
    let mut both = RepairRequest { cover: RepairCover::MainParts, ..compressor() };
    both.parts.push(PartUse { part: "p.ac.cap".to_owned(), quantity: 2 });
    let repair = estimate(&repairs(), &both).unwrap();
    let amounts: Vec<_> = repair.lines.iter().map(|line| line.amount.0).collect();
    assert_eq!(amounts, [25_000, 0, 9_000], "a capacitor is no main part");
}

#[test]
fn anything_above_half_reads_as_above_half() {
    let book = repairs();
    let at = |value| {
        let request = RepairRequest {
            category: Category::new("fridge"),
            level: RepairLevel::Minor,
            parts: vec![],
            value,
            ..compressor()
        };
        estimate(&book, &request).unwrap().permille_of_value
    };
    assert_eq!(at(Some(Fen(16_000))), Some(500));
    assert_eq!(at(Some(Fen(15_999))), Some(501));
    assert_eq!(at(Some(Fen::ZERO)), None);
    assert_eq!(at(None), None);
}

#[test]
fn labour_follows_category_kind_and_capacity() {
    let book = repairs();
    let labour = |category: &str, sub: &str, level, cool_w| {
        let request = RepairRequest {
            category: Category::new(category),
            sub: sub.to_owned(),
            cool_w,
            level,
            parts: vec![],
            ..compressor()
        };
        estimate(&book, &request).map(|repair| (repair.total.0, repair.certificate))
    };
    let (minor, medium) = (RepairLevel::Minor, RepairLevel::Medium);
    assert_eq!(labour("ac", "cabinet_3p", medium, Some(7_200)), Ok((22_000, None)));
    assert_eq!(labour("ac", "wall_1p", medium, Some(9_000)), Ok((24_000, None)));
    let gas = Some(CertificateKind::Gas);
    assert_eq!(labour("water_heater", "gas", minor, None), Ok((7_000, gas)));
    assert_eq!(labour("water_heater", "electric", minor, None), Ok((7_000, None)));
    assert_eq!(labour("stove", "built_in", minor, None), Ok((6_000, gas)));
    assert_eq!(labour("rice_cooker", "ih", medium, None), Ok((12_000, None)));
    let missing = labour("ac", "wall_1p", minor, None);
    assert_eq!(missing, Err(RepairError::CapacityMissing(Category::new("ac"))));
    let wrong = PartUse { part: "p.tv.board".to_owned(), quantity: 1 };
    let refused = estimate(&book, &RepairRequest { parts: vec![wrong], ..compressor() });
    assert!(matches!(refused, Err(RepairError::DoesNotFit { .. })));
}

#[test]
fn service_products_are_priced_by_the_machine() {
    let book = repairs();
    let extended = book.add_on("a.ext.3").unwrap();
    assert_eq!(extended.price(Some(Fen(599_900))), Some(Fen(47_992)));
    assert_eq!(extended.price(Some(Fen(99_900))), Some(Fen(19_900)), "never below its least price");
    assert_eq!(extended.price(None), None);
    assert_eq!(book.add_on("a.co_alarm").unwrap().price(None), Some(Fen(15_900)));
    assert_eq!(book.loaners_for(&Category::new("fridge")).count(), 1);
    assert_eq!(book.loaners_for(&Category::new("tv")).count(), 0);
}

fn visit_step(job: JobKind, id: &str) -> Step {
    let book = steps();
    let found = book.visit_steps(job).unwrap().steps.iter().find(|step| step.id == id).cloned();
    found.unwrap()
}

#[test]
fn an_open_hazard_shuts_every_price_page() {
    for job in [JobKind::TradeIn, JobKind::Repair] {
        for id in ["options", "quote", "sign"] {
            let step = visit_step(job, id);
            let met = BTreeSet::from([Gate::Inspection, Gate::Quote, Gate::Identified]);
            let safe = StepFacts { met, ..StepFacts::default() };
            assert_eq!(gate(&step, &safe), [], "{id}");
            let hazard = StepFacts { open_stop_use: true, ..safe };
            assert_eq!(gate(&step, &hazard), [GateRefusal::Gate(Gate::NoOpenStopUse)], "{id}");
        }
    }
}

#[test]
fn no_quote_no_signature() {
    let refused = gate(&visit_step(JobKind::TradeIn, "sign"), &StepFacts::default());
    assert_eq!(refused, [GateRefusal::Gate(Gate::Quote)]);
    assert!(refused[0].words().zh.contains("报价"));
}

#[test]
fn the_old_machine_stays_until_the_new_one_is_found_whole() {
    let remove = visit_step(JobKind::Installation, "remove_old");
    assert_eq!(gate(&remove, &StepFacts::default()), [GateRefusal::Gate(Gate::NewMachineChecked)]);
    let accept = visit_step(JobKind::Installation, "accept");
    assert_eq!(gate(&accept, &StepFacts::default()).len(), 2, "serials and papers");
}

#[test]
fn gas_work_needs_a_certificate_valid_today() {
    let book = steps();
    let heater = Category::new("water_heater");
    let mut own = book.leg_steps(LegKind::Remove, &heater, "gas").unwrap();
    let gas_off = own.next().unwrap();
    assert_eq!(
        gate(gas_off, &StepFacts::default()),
        [GateRefusal::Certificate(CertificateKind::Gas)]
    );
    let certificates = BTreeSet::from([CertificateKind::Gas]);
    assert_eq!(gate(gas_off, &StepFacts { certificates, ..StepFacts::default() }), []);
    let electric = book.leg_steps(LegKind::Remove, &heater, "electric").unwrap();
    assert!(electric.into_iter().all(|step| step.certificate.is_none()));
}

#[test]
fn a_timer_survives_a_restart_and_a_clock_set_back() {
    let book = steps();
    let ac = Category::new("ac");
    let vacuum =
        book.leg_steps(LegKind::Install, &ac, "").unwrap().find(|s| s.id == "vacuum").unwrap();
    let began = UtcMs(1_784_000_000_000);
    let facts = StepFacts {
        certificates: BTreeSet::from([CertificateKind::Refrigeration]),
        began_at: Some(began),
        ..StepFacts::default()
    };
    let after = |ms| can_finish(vacuum, &facts, began.plus_ms(ms));
    assert_eq!(after(0), [GateRefusal::Waiting { seconds_left: 900 }]);
    assert_eq!(after(899_001), [GateRefusal::Waiting { seconds_left: 1 }]);
    assert_eq!(after(900_000), []);
    assert_eq!(after(-60_000), [GateRefusal::Waiting { seconds_left: 900 }]);
    let never = StepFacts { began_at: None, ..facts.clone() };
    assert_eq!(can_finish(vacuum, &never, began).len(), 1);

    let fridge = Category::new("fridge");
    let rest =
        book.leg_steps(LegKind::Install, &fridge, "").unwrap().find(|s| s.id == "rest").unwrap();
    assert_eq!(can_finish(rest, &StepFacts::default(), began), [], "nobody waits for two hours");
}

#[test]
fn a_step_is_not_done_without_its_photos() {
    let book = steps();
    let ac = Category::new("ac");
    let pipe = book.leg_steps(LegKind::Install, &ac, "").unwrap().find(|s| s.id == "pipe").unwrap();
    let refused = can_finish(pipe, &StepFacts::default(), UtcMs(0));
    assert_eq!(refused, [GateRefusal::Photos(vec!["pipe_tape".to_owned()])]);
    let photos = BTreeSet::from(["pipe_tape".to_owned()]);
    assert_eq!(can_finish(pipe, &StepFacts { photos, ..StepFacts::default() }, UtcMs(0)), []);
}

#[test]
fn machines_without_their_own_template_use_the_general_one() {
    let book = steps();
    let steps = book.leg_steps(LegKind::Install, &Category::new("microwave"), "counter").unwrap();
    assert_eq!(steps.count(), 2);
    let prepare = book.prepare_for(&[Category::new("ac"), Category::new("fridge")]);
    assert_eq!(prepare.len(), 6, "two of their own and four for everyone");
}

#[test]
fn reasons_say_when_to_ask_again() {
    let text = include_str!("../../../data/sample/reasons.toml");
    let reasons = ReasonBook::parse(&[("reasons.toml", text)]).unwrap();
    assert_eq!(reasons.lost_reason("ask_family").unwrap().follow_up_days, Some(3));
    assert_eq!(reasons.lost_reason("other_shop").unwrap().follow_up_days, None);
    assert!(reasons.lost_reason("no_model").unwrap().wish);
    assert_eq!(reasons.minutes("complete"), Some(1_200));
    assert_eq!(reasons.minutes("unheard_of"), None);
}

#[test]
fn the_van_is_loaded_for_open_legs_and_tools_are_taken_once() {
    let text = include_str!("../../../data/sample/catalogue.toml");
    let catalogue = Catalogue::parse(&[("catalogue.toml", text)]).unwrap();
    let ac = catalogue.models.iter().find(|model| model.category.0 == "ac").unwrap();
    let [first, second] = [1, 2].map(|n| VisitId(uuid::Uuid::from_u128(n)));
    let leg = |kind, state| Leg {
        id: LegId(uuid::Uuid::from_u128(9)),
        kind,
        category: "ac".to_owned(),
        asset: None,
        gtin: (kind == LegKind::Deliver).then(|| ac.gtin.clone()),
        visit: None,
        state,
    };
    let legs =
        [LegKind::Deliver, LegKind::Install, LegKind::Remove].map(|k| leg(k, LegState::Open));
    let over = leg(
        LegKind::Deliver,
        LegState::Ended(doorstep_domain::work_order::LegEnding {
            code: doorstep_domain::end_code::EndCode::Done,
            at: UtcMs(0),
            by: doorstep_domain::id::PersonId(uuid::Uuid::from_u128(7)),
            note: String::new(),
            evidence: Vec::new(),
        }),
    );
    let stops = legs.iter().map(|leg| (first, leg));
    let stops = stops.chain(legs.iter().map(|leg| (second, leg))).chain([(second, &over)]);

    let text = include_str!("../../../data/sample/vocabulary.toml");
    let vocabulary = Vocabulary::parse(&[("vocabulary.toml", text)]).unwrap();
    let list = load_list(&steps(), &catalogue, &vocabulary, stops);
    let quantity = |name: &str| {
        let line = list.iter().find(|line| line.words.en.contains(name));
        line.map(|line| (line.kind, line.quantity, line.visits.clone()))
    };
    let both = vec![first, second];
    assert_eq!(quantity(&ac.sku), Some((LoadKind::NewMachine, 2, both.clone())));
    assert_eq!(quantity("Outdoor bracket"), Some((LoadKind::Material, 2, both.clone())));
    assert_eq!(quantity("Vacuum pump"), Some((LoadKind::Material, 1, both.clone())), "one tool");
    assert_eq!(quantity("old "), Some((LoadKind::SpaceForOld, 2, both)));
    assert!(list.is_sorted_by_key(|line| line.kind), "machines, material, room");
}
