//! The door job's quote and signed order.

use doorstep_domain::{
    books::Books,
    claim::FileOrder,
    combined_order::{Relation, SignedOrder, Stroke, StrokePoint},
    id::{OrderId, QuoteId},
    order_terms::{Machine, OrderTerms, Parties, RemovalMode, SubsidyChoice, Totals},
    quote::{Quote, QuoteItem, QuoteRequest, price},
    subsidy::Region,
    time::UtcMs,
    valuation::OldUnit,
    visit::Slot,
    words::Words,
};
use doorstep_hq::reference;
use uuid::Uuid;

use super::{World, data_files, fresh};

/// A quote of the door job: the old refrigerator for a washing machine, priced at HQ's books.
pub fn quote(books: &Books, sale_day: &str) -> Quote {
    let old: OldUnit = serde_json::from_value(serde_json::json!({
        "line": "o1", "category": "fridge", "size": "l", "age_months": 132, "faults": []
    }))
    .unwrap();
    let mut request: QuoteRequest =
        serde_json::from_value(serde_json::json!({ "sale_day": sale_day })).unwrap();
    request.id = QuoteId(fresh());
    request.place.region = Region("CN-31".to_owned());
    request.new = vec![QuoteItem {
        line: "n1".to_owned(),
        sku: Some("S-XG-100".to_owned()),
        facts: None,
        discounts: Vec::new(),
    }];
    request.old = vec![old];
    request.removal = Some(RemovalMode::OneVisit);
    price(&request, books).unwrap()
}

/// The order on a quote, signed now.
pub fn order(world: &World, quote: &Quote) -> FileOrder {
    let now = world.now();
    let terms = OrderTerms {
        order: OrderId(fresh()),
        work_order: world.door("work_order").to_string().parse().unwrap(),
        site: world.door("site").to_string().parse().unwrap(),
        parties: Parties {
            buyer: world.door("customer").to_string().parse().unwrap(),
            payer: Relation::Buyer,
            applicant: Relation::Buyer,
            recipient: Relation::Buyer,
        },
        quote: quote.request.id,
        quote_hash: quote.hash.clone(),
        totals: Totals {
            certain: quote.totals.certain.balance,
            if_approved: quote.totals.if_approved.balance,
        },
        if_refused: SubsidyChoice::GoOn,
        old: Some(machine("fridge", "冰箱", Some(world.door("asset")))),
        new: vec![machine("washer", "洗衣机", None)],
        removal: RemovalMode::OneVisit,
        slot: Slot {
            start: now.plus_ms(2 * UtcMs::DAY),
            end: now.plus_ms(2 * UtcMs::DAY + 7_200_000),
        },
        binding_until: now.plus_ms(3 * UtcMs::DAY),
        free_until_loading: true,
        reservations: Vec::new(),
        sentence: Words::default(),
    }
    .with_sentence();
    let point = |x| StrokePoint { x, y: x, t: 10 };
    let strokes = vec![Stroke(vec![point(1), point(200)])];
    FileOrder {
        store: world.door("store").to_string().parse().unwrap(),
        signed: SignedOrder::sign(terms, "王先生", Relation::Buyer, strokes, now).unwrap(),
        quote_text: serde_json::to_string(quote).unwrap(),
        filed_at: now,
        receipt: "R-1".to_owned(),
    }
}

fn machine(category: &str, zh: &str, asset: Option<Uuid>) -> Machine {
    Machine {
        asset: asset.map(|id| id.to_string().parse().unwrap()),
        category: category.to_owned(),
        category_words: Words::new(zh, category),
        model: "S-1".to_owned(),
        gtin: if asset.is_some() { "2000000000206".into() } else { "2000000000503".into() },
        serials: Vec::new(),
    }
}

pub fn books() -> Books {
    reference::read_books(&data_files()).unwrap()
}
