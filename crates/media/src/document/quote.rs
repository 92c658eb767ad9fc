//! The quote on paper: what is offered, how it adds up, until when it binds.

use super::DocumentError;
use super::flow::{Flow, MARGIN, MEASURE, Style};
use super::label::Label;
use super::model::{PaperLine, PaperUnit, QuotePaper};
use super::privacy::masked_phone;
use super::table::Row;

/// Sets a quote as a PDF.
///
/// # Errors
/// [`DocumentError::DoesNotAddUp`] when the lines do not come to the sums given: a paper that does
/// not add up is not printed.
pub fn quote_paper(paper: &QuotePaper) -> Result<Vec<u8>, DocumentError> {
    paper.sums.check()?;
    if paper.lines.sums()? != paper.sums {
        return Err(DocumentError::DoesNotAddUp("lines"));
    }
    let foot = foot(&paper.quote_id, &paper.content_hash);
    let mut flow =
        Flow::start(Label::QuoteTitle, paper.language, &paper.issuer, foot, paper.sample)?;
    flow.pairs(&[
        (Label::QuoteNumber, &paper.quote_id),
        (Label::ContentHash, hash_tail(&paper.content_hash)),
        (Label::MadeAt, &paper.made_at),
        (Label::ValidUntil, &paper.valid_until),
        (Label::Customer, &paper.customer.name),
        (Label::Phone, &masked_phone(&paper.customer.phone)),
        (Label::Address, &paper.customer.address),
        (Label::OldUnit, &paper.old_unit.as_ref().map(in_words).unwrap_or_default()),
    ]);
    flow.y += 4.0;
    let subsidised = !paper.lines.subsidy.is_empty();
    flow.totals_panel(paper.sums.certain, subsidised.then_some(paper.sums.if_approved));
    if subsidised {
        flow.paragraph(flow.say(Label::EstimateNote), Style::NOTE, MARGIN, MEASURE);
    }

    reserved(&mut flow, &paper.reservations);
    flow.heading(Label::PriceDetail);
    flow.price_table(&rows(paper));
    let mut basis = paper.remarks.clone();
    for (label, texts) in [(Label::RuleSources, &paper.sources), (Label::Bundles, &paper.bundles)] {
        basis.extend(texts.iter().map(|text| format!("{}{text}", flow.say(label))));
    }
    if !basis.is_empty() {
        flow.heading(Label::Basis);
        flow.bullets(&basis);
    }
    flow.finish()
}

/// What is guaranteed until when, and what HQ must confirm.
pub(super) fn reserved(flow: &mut Flow, reservations: &[String]) {
    if !reservations.is_empty() {
        flow.heading(Label::Reservations);
        flow.bullets(reservations);
    }
}

/// List price, discounts, final price, subsidy, old machine, fees, then both totals.
fn rows(paper: &QuotePaper) -> Vec<Row<'_>> {
    fn group<'a>(rows: &mut Vec<Row<'a>>, head: Row<'a>, lines: &'a [PaperLine]) {
        if !lines.is_empty() {
            rows.push(head);
            rows.extend(lines.iter().map(Row::Line));
        }
    }
    let (lines, sums) = (&paper.lines, &paper.sums);
    let mut rows = Vec::new();
    group(&mut rows, Row::Group(Label::GroupNew, sums.list), &lines.new);
    group(&mut rows, Row::Group(Label::GroupDiscounts, sums.discounts), &lines.discounts);
    rows.push(Row::Sum(Label::FinalPrice, sums.final_price, None));
    group(&mut rows, Row::Group(Label::GroupSubsidy, sums.subsidy), &lines.subsidy);
    if !lines.old_machine.is_empty() {
        rows.push(Row::Group(Label::GroupOldMachine, sums.old_machine));
        rows.extend(lines.old_machine.iter().map(Row::Signed));
    }
    group(&mut rows, Row::Group(Label::GroupFees, sums.fees), &lines.fees);
    group(&mut rows, Row::Group(Label::GroupDeposits, sums.deposits), &lines.deposits);
    if lines.subsidy.is_empty() {
        rows.push(Row::Sum(Label::Certain, sums.certain, None));
    } else {
        rows.push(Row::Sum(Label::Certain, sums.certain, Some(Label::CertainNote)));
        rows.push(Row::Sum(Label::IfApproved, sums.if_approved, Some(Label::IfApprovedNote)));
    }
    rows
}

/// A machine on one line: what it is, model, serials, condition.
pub(super) fn in_words(unit: &PaperUnit) -> String {
    let serials = unit.serials.join(" / ");
    [&unit.description, &unit.model, &serials, &unit.condition]
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The identity at the foot of each page.
pub(super) fn foot(id: &str, hash: &str) -> String {
    let tail = hash_tail(hash);
    if tail.is_empty() { id.to_owned() } else { format!("{id} · #{tail}") }
}

/// The last ten characters of a hash.
pub(super) fn hash_tail(hash: &str) -> &str {
    let start = hash.char_indices().rev().nth(9).map_or(0, |(at, _)| at);
    hash.get(start..).unwrap_or(hash)
}
