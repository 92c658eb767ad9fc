//! What the papers of an order say: the quote with its lines and sums, and the order as it was
//! signed.

use doorstep_domain::{
    combined_order::{Relation, SubsidyChoice},
    id::WorkOrderId,
    quote::{LineKind, Quote, QuoteLine},
    time::UtcMs,
    words::{Language, Words},
    work_order::WorkOrder,
};
use doorstep_media::document::{
    IfRefused, OrderPaper, OrderState, PaperLine, PaperSignature, PaperSigner, PaperUnit,
    PriceLines, PriceSums, QuotePaper,
};
use rusqlite::Connection;
use std::collections::BTreeSet;

use super::{paper_customer, store_name};
use crate::{
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::required_row,
    usecase::{ordering::FiledOrder, quoting},
};

/// The quote and the signed order of a work order, as their papers say them.
pub(super) fn papers_of(
    conn: &Connection,
    filed: &FiledOrder,
    work_order: WorkOrderId,
    language: Language,
) -> ApiResult<(QuotePaper, OrderPaper)> {
    let pick = |words: &Words| words.in_language(language).to_owned();
    let terms = &filed.order.signed.terms;
    let signature = &filed.order.signed.signature;
    let (quote, _, _) = quoting::stored_quote(conn, terms.quote)?;
    let order: WorkOrder = required_row(conn, "work_order", work_order.0)?;
    let customer = paper_customer(conn, order.customer.0, Some(order.site.0))?;
    let issuer = store_name(conn, order.store.0);
    let (lines, sums) = price_lines(&quote, language)?;
    let reservations: Vec<String> =
        terms.reservations.iter().map(|one| pick(&one.sentence())).collect();
    let old_unit = terms.old.as_ref().map(|old| PaperUnit {
        description: pick(&old.category_words),
        model: old.model.clone(),
        serials: old.serials.clone(),
        condition: String::new(),
    });
    let quote_paper = QuotePaper {
        language,
        sample: quote.sample,
        issuer: issuer.clone(),
        quote_id: quote.request.id.to_string(),
        content_hash: quote.hash.clone(),
        made_at: quote.request.sale_day.to_string(),
        valid_until: terms.binding_until.shanghai_text(),
        customer: customer.clone(),
        old_unit: old_unit.clone(),
        lines,
        sums,
        reservations: reservations.clone(),
        remarks: remarks(&quote, language),
        sources: sources(&quote),
        bundles: [
            ("catalogue", &quote.bundles.catalogue),
            ("valuation", &quote.bundles.valuation),
            ("fees", &quote.bundles.fees),
            ("rules", &quote.bundles.rules),
        ]
        .map(|(kind, version)| format!("{kind} {version}"))
        .to_vec(),
    };
    let order_paper = OrderPaper {
        language,
        sample: quote.sample,
        issuer,
        receipt_number: filed.order.receipt.clone(),
        state: match &filed.number {
            Some(number) => OrderState::Registered { order_number: number.clone() },
            None => OrderState::AwaitingHq,
        },
        quote_id: quote.request.id.to_string(),
        content_hash: quote.hash.clone(),
        customer,
        old_unit,
        new_units: terms
            .new
            .iter()
            .map(|new| PaperUnit {
                description: pick(&new.category_words),
                model: new.model.clone(),
                serials: new.serials.clone(),
                condition: String::new(),
            })
            .collect(),
        removal_mode: pick(&terms.removal.words()),
        slot: terms.slot.text(),
        reservations,
        sums,
        binding: pick(&terms.sentence),
        if_refused: (quote.totals.certain.balance != quote.totals.if_approved.balance).then_some(
            match terms.if_refused {
                SubsidyChoice::GoOn => IfRefused::GoOnWithout,
                SubsidyChoice::CancelFree => IfRefused::CancelFree,
            },
        ),
        signer: Some(PaperSigner {
            name: signature.name.clone(),
            relation: pick(&Relation::words(signature.relation)),
            signed_at: UtcMs::shanghai_text(signature.signed_at),
            signature: drawn(filed),
        }),
    };
    Ok((quote_paper, order_paper))
}

/// The strokes on a pad just large enough for them.
fn drawn(filed: &FiledOrder) -> PaperSignature {
    let strokes: Vec<Vec<(i32, i32)>> = filed
        .order
        .signed
        .signature
        .strokes
        .iter()
        .map(|stroke| stroke.0.iter().map(|point| (point.x, point.y)).collect())
        .collect();
    let points = || strokes.iter().flatten();
    PaperSignature {
        width: points().map(|(x, _)| *x).max().unwrap_or(0).max(1),
        height: points().map(|(_, y)| *y).max().unwrap_or(0).max(1),
        strokes,
    }
}

fn price_lines(quote: &Quote, language: Language) -> ApiResult<(PriceLines, PriceSums)> {
    let lines = |kinds: &[LineKind]| -> Vec<PaperLine> {
        quote
            .lines
            .iter()
            .filter(|line| kinds.contains(&line.kind))
            .map(|line| paper_line(line, language))
            .collect()
    };
    let lines = PriceLines {
        new: lines(&[LineKind::ListPrice]),
        discounts: lines(&[LineKind::Discount]),
        subsidy: lines(&[LineKind::Subsidy]),
        old_machine: lines(&[LineKind::OldValue, LineKind::OldDeduction, LineKind::OldBonus]),
        fees: lines(&[LineKind::Fee]),
        deposits: lines(&[LineKind::Deposit]),
    };
    let sums =
        lines.sums().map_err(|e| ApiError::saying(ErrorCode::PaperFailed, e.words()).detail(e))?;
    let agrees = sums.certain == quote.totals.certain.balance
        && sums.if_approved == quote.totals.if_approved.balance;
    if !agrees {
        return Err(ApiError::new(ErrorCode::PaperFailed).detail("lines and totals differ"));
    }
    Ok((lines, sums))
}

fn paper_line(line: &QuoteLine, language: Language) -> PaperLine {
    let pick = |words: &Words| words.in_language(language).to_owned();
    let note = line.struck.as_ref().map_or_else(|| pick(&line.why), pick);
    PaperLine {
        label: pick(&line.words),
        note: Some(note).filter(|note| !note.is_empty()),
        amount: line.struck.as_ref().and(line.listed).unwrap_or(line.amount),
        struck: line.struck.is_some(),
    }
}

fn remarks(quote: &Quote, language: Language) -> Vec<String> {
    let refused = quote
        .verdicts
        .iter()
        .filter(|verdict| verdict.granted.0 == 0)
        .flat_map(|verdict| verdict.refusals.iter())
        .map(|refusal| refusal.words.clone());
    let notes = quote.entitlements.iter().map(|note| note.words.clone());
    refused.chain(notes).map(|words| words.in_language(language).to_owned()).collect()
}

fn sources(quote: &Quote) -> Vec<String> {
    let named: BTreeSet<String> = quote
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Subsidy && !line.source.is_empty())
        .map(|line| format!("{}: {}", line.rule, line.source))
        .collect();
    named.into_iter().collect()
}
