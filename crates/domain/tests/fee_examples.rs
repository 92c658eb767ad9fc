//! The worked examples of the sample fee book, to the fen, and the algebra that must hold for any
//! quantity.

use std::{collections::BTreeSet, sync::LazyLock};

use doorstep_domain::{
    fee::{FeeBook, FeeContext, FeeError, FeeLine, FeeUse, PurchaseChannel, charge},
    money::Fen,
};
use proptest::prelude::*;

static BOOK: LazyLock<FeeBook> = LazyLock::new(|| {
    FeeBook::parse(&[("fees.toml", include_str!("../../../data/sample/fees.toml"))]).unwrap()
});

fn book() -> &'static FeeBook {
    &BOOK
}

fn at(channel: PurchaseChannel) -> FeeContext {
    FeeContext::bought_at(channel)
}

fn amounts(lines: &[FeeLine]) -> Vec<i64> {
    lines.iter().map(|line| line.amount.0).collect()
}

fn pipe(used_mm: i64) -> FeeUse {
    FeeUse { cool_w: Some(3500), ..FeeUse::of("ac", "ac.pipe.r410a_r32").quantity(used_mm) }
}

#[test]
fn extra_pipe_is_charged_by_length_from_one_metre() {
    let store = at(PurchaseChannel::Store);
    let price = |mm| charge(book(), &store, &[pipe(mm)]).map(|lines| lines[0].clone());

    let long = price(4_350).unwrap();
    assert_eq!(long.amount, Fen(14_850));
    assert_eq!(long.quantity.en, "1.35 m");
    assert_eq!(long.explanation.en, "4.35 m used, 3 m free, 1.35 m charged × 110.00 = 148.50");
    assert_eq!(price(3_400).unwrap().amount, Fen(11_000), "0.40 m counts as 1 m");
    assert_eq!(price(3_000).unwrap().amount, Fen::ZERO, "the free metres are free");
    assert_eq!(price(4_351).unwrap().amount, Fen(15_400), "a started step of 5 cm is a whole one");
}

#[test]
fn work_at_height_is_capped_per_household_in_the_store_only() {
    let sets = |channel, rule: &str, count: usize| {
        let context = FeeContext { floor: Some(12), ..at(channel) };
        let uses: Vec<_> = (0..count).map(|i| FeeUse::of(format!("ac{i}"), rule)).collect();
        amounts(&charge(book(), &context, &uses).unwrap())
    };
    assert_eq!(sets(PurchaseChannel::Store, "ac.high", 2), [20_000, 0]);
    assert_eq!(sets(PurchaseChannel::Store, "ac.high", 3), [20_000, 0, 0]);
    assert_eq!(sets(PurchaseChannel::Platform, "ac.high.platform", 2), [10_000, 10_000]);
    assert_eq!(sets(PurchaseChannel::Platform, "ac.high.platform", 3).iter().sum::<i64>(), 30_000);
}

#[test]
fn the_household_cap_remembers_earlier_visits() {
    let mut context = FeeContext { floor: Some(6), ..at(PurchaseChannel::Store) };
    context.charged_before.insert("ac.high".to_owned(), Fen(15_000));
    let lines = charge(book(), &context, &[FeeUse::of("ac", "ac.high")]).unwrap();
    assert_eq!(lines[0].listed, Fen(10_000));
    assert_eq!(lines[0].amount, Fen(5_000));
    assert!(lines[0].explanation.zh.contains("封顶"));
}

#[test]
fn a_wrong_channel_is_refused_rather_than_guessed() {
    let context = FeeContext { floor: Some(12), ..at(PurchaseChannel::Platform) };
    let refused = charge(book(), &context, &[FeeUse::of("ac", "ac.high")]);
    assert!(matches!(refused, Err(FeeError::NotForChannel { .. })));
    let far = at(PurchaseChannel::OtherOnline);
    let refused = charge(book(), &far, &[FeeUse::of("v", "trip.remote").quantity(26_000)]);
    assert!(matches!(refused, Err(FeeError::NotForChannel { .. })), "its tiers are by channel");
}

#[test]
fn carrying_counts_floors_above_the_free_ones() {
    let mut context = FeeContext { floor: Some(6), ..at(PurchaseChannel::Store) };
    let uses = [
        FeeUse { kg: Some(95), ..FeeUse::of("new", "move.stairs.up") },
        FeeUse { kg: Some(70), ..FeeUse::of("old", "move.stairs.down") },
    ];
    let lines = charge(book(), &context, &uses).unwrap();
    assert_eq!(amounts(&lines), [14_000, 4_000]);
    assert_eq!(lines[0].crew, 2, "above 60 kg it takes two");

    context.forbidden = BTreeSet::from(["free_pickup".to_owned()]);
    let lines = charge(book(), &context, &uses).unwrap();
    assert_eq!(amounts(&lines), [14_000, 0]);
    assert_eq!(lines[1].listed, Fen(4_000), "the customer sees what was struck out");
    assert!(lines[1].struck.as_ref().unwrap().en.contains("subsidy"));

    context.has_lift = true;
    let lines = charge(book(), &context, &uses).unwrap();
    assert_eq!(amounts(&lines), [0, 0]);
    assert!(lines[0].struck.as_ref().unwrap().en.contains("lift"));
}

#[test]
fn the_whole_way_is_charged_from_twenty_kilometres() {
    let price = |m| {
        let context = FeeContext { distance_m: Some(m), ..at(PurchaseChannel::Store) };
        charge(book(), &context, &[FeeUse::of("visit", "trip.remote")]).unwrap()[0].amount
    };
    assert_eq!(price(26_000), Fen(3_900));
    assert_eq!(price(19_999), Fen::ZERO);
    assert_eq!(price(20_000), Fen(3_000));
}

#[test]
fn further_machines_cost_less_than_the_first() {
    let clean =
        |uses: &[FeeUse]| amounts(&charge(book(), &at(PurchaseChannel::Store), uses).unwrap());
    let rule = "ac.clean.wall";
    assert_eq!(clean(&[FeeUse::of("a", rule), FeeUse::of("b", rule)]), [3_000, 2_000]);
    assert_eq!(clean(&[FeeUse::of("a", rule).quantity(3_000)]), [7_000]);
}

#[test]
fn an_agreed_price_needs_a_reason_a_photo_and_stays_under_the_ceiling() {
    let context = at(PurchaseChannel::Store);
    let agreed = |fen, reason: &str, photos: &[&str]| {
        let used = FeeUse {
            agreed_fen: Some(Fen(fen)),
            reason: Some(reason.to_owned()),
            photos: photos.iter().map(|p| (*p).to_owned()).collect(),
            ..FeeUse::of("ac", "ac.crane")
        };
        charge(book(), &context, &[used])
    };
    let line = agreed(95_000, "窄巷，要小吊车", &["outdoor"]).unwrap().remove(0);
    assert_eq!(line.amount, Fen(95_000));
    assert!(line.certificate_missing, "nobody with a height certificate is in view");
    assert!(line.explanation.zh.contains("窄巷"));
    assert!(matches!(agreed(95_000, " ", &["outdoor"]), Err(FeeError::Unproven(_))));
    assert!(matches!(agreed(95_000, "窄巷", &[]), Err(FeeError::Unproven(_))));
    assert!(matches!(agreed(100_001, "窄巷", &["outdoor"]), Err(FeeError::AboveCeiling { .. })));
    let fixed = FeeUse { agreed_fen: Some(Fen(1)), ..FeeUse::of("ac", "ac.drill.brick") };
    assert_eq!(
        charge(book(), &context, &[fixed]),
        Err(FeeError::NotNegotiable("ac.drill.brick".to_owned()))
    );
}

#[test]
fn fees_for_a_reason_ask_for_that_reason() {
    let context = at(PurchaseChannel::Store);
    let because = |reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        charge(book(), &context, &[FeeUse { reason, ..FeeUse::of("v", "trip.second") }])
    };
    assert_eq!(because(Some("no_show")).unwrap()[0].amount, Fen(5_000));
    assert!(matches!(because(Some("wait_part")), Err(FeeError::Reason { .. })));
    assert!(matches!(because(None), Err(FeeError::Reason { .. })));
}

#[test]
fn a_trade_in_waives_and_a_visit_is_charged_once() {
    let context = FeeContext { trade_in: true, one_visit: true, ..at(PurchaseChannel::Store) };
    let rules = ["ac.remove.wall", "move.dismantle", "el.wiring", "el.wiring"];
    let uses = rules.map(|rule| FeeUse::of("x", rule));
    let lines = charge(book(), &context, &uses).unwrap();
    assert_eq!(amounts(&lines), [0, 0, 5_000, 0]);
    assert!(lines.iter().filter(|line| line.struck.is_some()).count() == 3);
    let none = at(PurchaseChannel::Store);
    assert_eq!(amounts(&charge(book(), &none, &uses).unwrap()), [10_000, 4_000, 5_000, 0]);
}

#[test]
fn what_the_table_does_not_price_is_refused() {
    let store = at(PurchaseChannel::Store);
    let bracket =
        |hp10| charge(book(), &store, &[FeeUse { hp10, ..FeeUse::of("ac", "ac.bracket") }]);
    assert_eq!(bracket(Some(30)).unwrap()[0].amount, Fen(5_000));
    assert!(matches!(bracket(Some(51)), Err(FeeError::AboveTopTier(_))));
    assert!(matches!(bracket(None), Err(FeeError::MeasureMissing { .. })));
    let unknown = charge(book(), &store, &[FeeUse::of("x", "no.such")]);
    assert_eq!(unknown, Err(FeeError::UnknownRule("no.such".to_owned())));
    let negative = charge(book(), &store, &[pipe(-1)]);
    assert!(matches!(negative, Err(FeeError::Quantity(_))));
    let unmeasured = FeeUse { quantity_milli: None, ..pipe(0) };
    assert!(matches!(charge(book(), &store, &[unmeasured]), Err(FeeError::Quantity(_))));
}

#[test]
fn an_error_in_the_data_names_file_and_field() {
    let text = include_str!("../../../data/sample/fees.toml");
    let broken = text.replace("banned_by = \"free_pickup\"", "banned_by = \"free_lunch\"");
    let error = FeeBook::parse(&[("fees.toml", &broken)]).unwrap_err();
    assert_eq!(error.flaws.len(), 2, "every flaw is named, not only the first");
    assert_eq!(error.flaws[0].file, "fees.toml");
    assert_eq!(error.flaws[0].field, "fees[move.dismantle].banned_by");

    let misspelt = text.replace("cap_per =", "cap_each =");
    let error = FeeBook::parse(&[("fees.toml", &misspelt)]).unwrap_err();
    assert!(error.to_string().contains("cap_each"), "{error}");

    let garbled = text.replacen("[bans]", "[bans", 1);
    let error = FeeBook::parse(&[("fees.toml", &garbled)]).unwrap_err();
    assert!(error.flaws[0].field.starts_with("line "), "{error}");
}

/// Context and use that give every rule what it needs.
fn everything_known(book: &FeeBook, rule: &str, milli: i64) -> (FeeContext, FeeUse) {
    let rule = book.rule(rule).unwrap();
    let channel = rule.channels.first().copied().unwrap_or(PurchaseChannel::Store);
    let context = FeeContext { floor: Some(9), ..at(channel) };
    let used = FeeUse {
        cool_w: Some(3500),
        hp10: Some(15),
        kg: Some(64),
        inch: Some(65),
        reason: rule.only_reasons.first().cloned(),
        ..FeeUse::of("x", rule.id.clone()).quantity(milli)
    };
    (context, used)
}

proptest! {
    #[test]
    fn more_never_costs_less(index in 0..30usize, a in 0..60_000i64, b in 0..60_000i64) {
        let book = book();
        let rule = &book.fees[index].id;
        let amount = |milli| {
            let (context, used) = everything_known(book, rule, milli);
            charge(book, &context, &[used]).unwrap()[0].amount
        };
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(amount(less) <= amount(more), "{rule}: {less} against {more}");
    }

    #[test]
    fn a_cap_holds_however_the_work_is_split(floors in 1..40i64, sets in 1..9usize) {
        let context = FeeContext { floor: Some(floors), ..at(PurchaseChannel::Store) };
        let uses: Vec<_> = (0..sets).map(|_| FeeUse::of("ac", "ac.high")).collect();
        let split = charge(book(), &context, &uses).unwrap();
        let total = Fen::sum(split.iter().map(|line| line.amount)).unwrap();
        let whole = FeeUse::of("ac", "ac.high").quantity(1000 * sets as i64);
        let joined = charge(book(), &context, &[whole]).unwrap()[0].amount;
        prop_assert_eq!(total, joined);
        prop_assert!(total <= Fen(20_000));
    }
}
