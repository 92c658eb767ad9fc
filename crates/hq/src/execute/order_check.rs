//! Whether a signed order can be executed as signed: the quote is whole, the bundles it names are
//! published and valid on the sale's day, HQ computes the same fen line by line, the signature
//! stands, the recorded order of events is possible, the quote was not used, and the subsidy quota
//! is not spent.

use std::sync::Arc;

use doorstep_domain::{
    books::Books,
    claim::FileOrder,
    combined_order::{Relation, signature_stands},
    money::Fen,
    order_terms::Totals,
    quote::{Quote, price, reprice},
    subsidy::PriorUse,
    time::UtcMs,
    words::Words,
};
use doorstep_store::{
    error::Result,
    ledger::orders::{self, Amounts, SubsidyUse},
};
use doorstep_sync::{auth::WINDOW_MS, wire::Command};

use super::Desk;

/// Why an order cannot be executed as signed.
#[derive(Debug, Clone)]
pub(super) struct Objection {
    pub(super) code: &'static str,
    pub(super) words: Words,
}

/// An order that can be executed, with what HQ found out on the way.
pub(super) struct Sound {
    pub(super) quote: Quote,
    pub(super) books: Arc<Books>,
    pub(super) uses: Vec<SubsidyUse>,
}

fn objection(code: &'static str, zh: &str, en: &str) -> Objection {
    Objection { code, words: Words::new(zh, en) }
}

/// Reads the quote snapshot of a filed order.
pub(super) fn read_quote(file: &FileOrder) -> std::result::Result<Quote, Objection> {
    let unreadable =
        || objection("quote_unreadable", "报价单无法读取。", "The quote cannot be read.");
    let quote: Quote = serde_json::from_str(&file.quote_text).map_err(|_| unreadable())?;
    let terms = &file.signed.terms;
    if !quote.verify_hash() || quote.hash != terms.quote_hash {
        return Err(objection(
            "quote_altered",
            "报价单内容与校验码不符。",
            "The quote's content does not match its check code.",
        ));
    }
    if quote.request.id != terms.quote {
        return Err(objection(
            "quote_altered",
            "签字的不是这份报价单。",
            "The signature is for another quote.",
        ));
    }
    Ok(quote)
}

/// Checks everything; the first objection wins.
pub(super) fn check(
    desk: &Desk<'_>,
    command: &Command,
    file: &FileOrder,
) -> Result<std::result::Result<Sound, Objection>> {
    let quote = match read_quote(file) {
        Ok(quote) => quote,
        Err(objection) => return Ok(Err(objection)),
    };
    if let Err(objection) = check_signature(file, &quote) {
        return Ok(Err(objection));
    }
    if let Err(objection) = check_times(desk, command, file, &quote) {
        return Ok(Err(objection));
    }
    let Some(books) = desk.shelf.books(desk.conn, &quote.bundles)? else {
        return Ok(Err(objection(
            "bundle_unknown",
            "报价所用的价目版本不是总部发布的。",
            "The quote names reference data that HQ never published.",
        )));
    };
    if let Err(mismatch) = reprice(&quote, &books) {
        return Ok(Err(Objection { code: "quote_differs", words: mismatch.words() }));
    }
    if orders::executed_on(desk.conn, quote.request.id)?.is_some() {
        return Ok(Err(objection(
            "quote_used",
            "这份报价单已经下过订单。",
            "There is an order on this quote already.",
        )));
    }
    if let Some(objection) = check_quota(desk, file, &quote, &books)? {
        return Ok(Err(objection));
    }
    let uses = uses(file, &quote, &books);
    Ok(Ok(Sound { quote, books, uses }))
}

/// Both signed totals are the quote's, and the signature covers them.
fn check_signature(file: &FileOrder, quote: &Quote) -> std::result::Result<(), Objection> {
    if let Err(error) = file.signed.check() {
        return Err(Objection { code: "signature_void", words: error.words() });
    }
    let totals = Totals {
        certain: quote.totals.certain.balance,
        if_approved: quote.totals.if_approved.balance,
    };
    if signature_stands(&file.signed, &totals) {
        return Ok(());
    }
    Err(objection(
        "amount_changed",
        "签字的金额与报价单不同。",
        "The signed amounts are not those of the quote.",
    ))
}

/// The recorded order of events, against HQ's receipt: quoted, signed while the quote bound, filed,
/// received; each instant may be ahead of the next by what device clocks may differ.
fn check_times(
    desk: &Desk<'_>,
    command: &Command,
    file: &FileOrder,
    quote: &Quote,
) -> std::result::Result<(), Objection> {
    let signed_at = file.signed.signature.signed_at;
    let late = |earlier: UtcMs, later: UtcMs| earlier > later.plus_ms(WINDOW_MS);
    if late(command.estimated_at, desk.now) || late(signed_at, command.estimated_at) {
        return Err(objection(
            "clock_ahead",
            "签字时间晚于总部收到的时间。",
            "The order was signed later than HQ received it.",
        ));
    }
    if quote.request.sale_day > signed_at.plus_ms(WINDOW_MS).shanghai_day() {
        return Err(objection(
            "sale_day_ahead",
            "销售日期晚于签字日期。",
            "The sale's day is later than the signature.",
        ));
    }
    if signed_at.shanghai_day() > quote.valid_until {
        return Err(objection(
            "quote_expired",
            "签字时报价单已过有效期。",
            "The quote had expired when it was signed.",
        ));
    }
    Ok(())
}

/// The token under which HQ counts an applicant's subsidies: the buyer's customer record, or the
/// relative or proxy of that buyer. It is no identity number.
fn applicant(file: &FileOrder) -> String {
    let parties = &file.signed.terms.parties;
    match parties.applicant {
        Relation::Buyer => parties.buyer.to_string(),
        Relation::Family => format!("{}:family", parties.buyer),
        Relation::Proxy => format!("{}:proxy", parties.buyer),
    }
}

/// Prices the quote once more with what HQ knows the applicant has had. A tablet cannot know, so
/// this is the one amount that may be lost between door and HQ.
fn check_quota(
    desk: &Desk<'_>,
    file: &FileOrder,
    quote: &Quote,
    books: &Arc<Books>,
) -> Result<Option<Objection>> {
    let mut request = quote.request.clone();
    for (quota, group, quantity, amount) in orders::subsidy_uses(desk.conn, &applicant(file))? {
        let uses = &mut request.customer.prior_uses;
        match uses.iter_mut().find(|used| used.quota == quota && used.group == group) {
            Some(used) => {
                used.quantity = used.quantity.max(quantity);
                used.amount = used.amount.max(amount);
            }
            None => uses.push(PriorUse { quota, group, quantity, amount }),
        }
    }
    let approved = |quote: &Quote| quote.totals.if_approved.government_subsidy;
    let still = match price(&request, books) {
        Ok(again) => approved(&again) == approved(quote),
        Err(_) => false,
    };
    Ok((!still).then(|| {
        objection(
            "subsidy_quota_used",
            "申请人的补贴名额已用完。",
            "The applicant has used up the subsidy.",
        )
    }))
}

fn uses(file: &FileOrder, quote: &Quote, books: &Books) -> Vec<SubsidyUse> {
    let applicant = applicant(file);
    let paid = quote.verdicts.iter().filter(|verdict| verdict.granted > Fen::ZERO);
    paid.filter_map(|verdict| {
        let pack = books.rules.pack(&verdict.pack)?;
        let item = quote.items.iter().find(|item| item.line == verdict.line)?;
        let rule = pack.item_rule(&item.category, &item.sub, quote.request.sale_day)?;
        Some(SubsidyUse {
            applicant: applicant.clone(),
            quota: pack.quota_id().to_owned(),
            group: rule.group.clone(),
            order: file.signed.terms.order,
            line: verdict.line.clone(),
            amount: verdict.granted,
        })
    })
    .collect()
}

/// The money of an order, as its quote settles it.
pub(super) fn amounts(quote: &Quote) -> Amounts {
    let (certain, approved) = (&quote.totals.certain, &quote.totals.if_approved);
    Amounts {
        certain: certain.balance,
        if_approved: approved.balance,
        invoice: approved.invoice_total,
        subsidy: approved.government_subsidy,
        fees: approved.fees,
        old_value: approved.old_value,
        deposits: approved.deposits,
    }
}
