//! The signed combined removal-install order on paper.

use super::DocumentError;
use super::flow::{Align, Flow, MARGIN, MEASURE, Style};
use super::label::Label;
use super::model::{IfRefused, OrderPaper, OrderState, PaperSignature, PaperSigner};
use super::privacy::masked_phone;
use super::quote::{foot, hash_tail, in_words, reserved};
use super::sheet::{Ink, Mark, PAGE_WIDTH};
use super::table::Row;

const PAD_HEIGHT: f32 = 100.0;
const PAD_WIDTH: f32 = 290.0;
/// The agreement's heading, its totals with their note and the gaps around the signature.
const AGREEMENT_HEIGHT: f32 = 126.0;
const CHOICE_HEIGHT: f32 = 18.0;

/// Sets a combined order as a PDF.
///
/// # Errors
/// [`DocumentError::DoesNotAddUp`] when the sums do not follow from each other.
pub fn order_paper(paper: &OrderPaper) -> Result<Vec<u8>, DocumentError> {
    paper.sums.check()?;
    let foot = foot(&paper.receipt_number, &paper.content_hash);
    let mut flow =
        Flow::start(Label::OrderTitle, paper.language, &paper.issuer, foot, paper.sample)?;
    header(&mut flow, paper);
    machines(&mut flow, paper);

    reserved(&mut flow, &paper.reservations);
    flow.heading(Label::PriceDetail);
    flow.price_table(&rows(paper));
    agreement(&mut flow, paper);
    flow.finish()
}

fn header(flow: &mut Flow, paper: &OrderPaper) {
    let (state, number, ink) = match &paper.state {
        OrderState::AwaitingHq => (Label::AwaitingHq, "", Ink::AMBER),
        OrderState::Registered { order_number } => {
            (Label::Registered, order_number.as_str(), Ink::PINE)
        }
    };
    flow.stamp(flow.say(state), ink);
    let customer = format!("{} · {}", paper.customer.name, masked_phone(&paper.customer.phone));
    flow.pairs(&[
        (Label::Receipt, &paper.receipt_number),
        (Label::OrderNumber, number),
        (Label::QuoteNumber, &paper.quote_id),
        (Label::ContentHash, hash_tail(&paper.content_hash)),
        (Label::Customer, &customer),
        (Label::Address, &paper.customer.address),
    ]);
}

/// What goes, what comes, how and when.
fn machines(flow: &mut Flow, paper: &OrderPaper) {
    let old = paper.old_unit.iter().map(|unit| (Label::OldUnit, in_words(unit)));
    let new = paper.new_units.iter().map(|unit| (Label::NewUnit, in_words(unit)));
    let units: Vec<_> = old.chain(new).collect();
    let mut pairs: Vec<_> = units.iter().map(|(label, unit)| (*label, unit.as_str())).collect();
    pairs.push((Label::RemovalMode, &paper.removal_mode));
    pairs.push((Label::Slot, &paper.slot));
    flow.heading(Label::MachinesAndVisit);
    flow.pairs(&pairs);
}

fn rows(paper: &OrderPaper) -> Vec<Row<'static>> {
    let sums = &paper.sums;
    [
        (Label::GroupNew, sums.list, true),
        (Label::GroupDiscounts, sums.discounts, false),
        (Label::FinalPrice, sums.final_price, true),
        (Label::GroupSubsidy, sums.subsidy, false),
        (Label::GroupOldMachine, sums.old_machine, false),
        (Label::GroupFees, sums.fees, false),
        (Label::GroupDeposits, sums.deposits, false),
    ]
    .into_iter()
    .filter(|(_, amount, always)| *always || amount.0 != 0)
    .map(|(label, amount, _)| match label {
        Label::FinalPrice => Row::Sum(label, amount, None),
        _ => Row::Plain(label, amount),
    })
    .collect()
}

/// Totals, the binding sentence, the choice and the signature stay on one page: what is signed
/// stands above the signature.
fn agreement(flow: &mut Flow, paper: &OrderPaper) {
    let choice = paper.if_refused.map(|choice| match choice {
        IfRefused::GoOnWithout => Label::GoOnWithout,
        IfRefused::CancelFree => Label::CancelFree,
    });
    let sentence = flow.wrapped(&paper.binding, Style::BODY, MEASURE).len();
    let choice_height = if choice.is_some() { CHOICE_HEIGHT } else { 0.0 };
    let height =
        AGREEMENT_HEIGHT + choice_height + PAD_HEIGHT + sentence as f32 * Style::BODY.leading;
    if Flow::fits_a_page(height) {
        flow.need(height);
    }
    flow.heading(Label::Agreement);
    let subsidy = paper.sums.subsidy.0 != 0;
    flow.totals_panel(paper.sums.certain, subsidy.then_some(paper.sums.if_approved));
    if let Some(choice) = choice {
        let y = flow.y;
        let used = flow.line(
            flow.say(Label::IfRefused),
            Style::BODY.in_ink(Ink::QUIET),
            MARGIN,
            y,
            Align::Left,
        );
        flow.line(flow.say(choice), Style::STRONG, MARGIN + used + 8.0, y, Align::Left);
        flow.y += CHOICE_HEIGHT;
    }
    flow.paragraph(&paper.binding, Style::BODY, MARGIN, MEASURE);
    flow.y += 8.0;
    flow.need(PAD_HEIGHT + 6.0);
    let top = flow.y;
    flow.draw(Mark::Framed {
        x: MARGIN,
        y: top,
        width: PAD_WIDTH,
        height: PAD_HEIGHT,
        thickness: 0.7,
        ink: Ink::LINE,
    });
    flow.line(flow.say(Label::Signature), Style::NOTE, MARGIN + 8.0, top + 5.0, Align::Left);
    match &paper.signer {
        Some(signer) => signed(flow, signer, top),
        None => {
            let style = Style::STRONG.in_ink(Ink::AMBER);
            flow.line(
                flow.say(Label::SignatureRefused),
                style,
                MARGIN + 8.0,
                top + 50.0,
                Align::Left,
            );
        }
    }
    flow.y = top + PAD_HEIGHT + 6.0;
}

fn signed(flow: &mut Flow, signer: &PaperSigner, top: f32) {
    flow.draw(Mark::Line {
        from: (MARGIN + 14.0, top + PAD_HEIGHT - 20.0),
        to: (MARGIN + PAD_WIDTH - 14.0, top + PAD_HEIGHT - 20.0),
        thickness: 0.5,
        ink: Ink::LINE,
    });
    let strokes = fitted(
        &signer.signature,
        (MARGIN + 12.0, top + 18.0),
        (PAD_WIDTH - 24.0, PAD_HEIGHT - 26.0),
    );
    flow.draw(Mark::Strokes { strokes, thickness: 1.5, ink: Ink::TEXT });
    let x = MARGIN + PAD_WIDTH + 18.0;
    let wide = PAGE_WIDTH - MARGIN - x;
    flow.y = top;
    for (label, value) in [
        (Label::Signer, &signer.name),
        (Label::Relation, &signer.relation),
        (Label::SignedAt, &signer.signed_at),
    ] {
        flow.line(flow.say(label), Style::NOTE, x, flow.y, Align::Left);
        flow.y += Style::NOTE.leading;
        flow.paragraph(value, Style::BODY, x, wide);
        flow.y += 5.0;
    }
}

/// The strokes scaled as a whole into a box, the pad's proportions kept.
fn fitted(signature: &PaperSignature, at: (f32, f32), room: (f32, f32)) -> Vec<Vec<(f32, f32)>> {
    let (width, height) = (signature.width.max(1) as f32, signature.height.max(1) as f32);
    let scale = (room.0 / width).min(room.1 / height);
    let (left, top) =
        (at.0 + (room.0 - width * scale) / 2.0, at.1 + (room.1 - height * scale) / 2.0);
    // A point outside the pad is a point on its edge: nothing is drawn over the text beside it.
    let place = |&(x, y): &(i32, i32)| {
        let (x, y) = (x.clamp(0, signature.width.max(1)), y.clamp(0, signature.height.max(1)));
        (left + x as f32 * scale, top + y as f32 * scale)
    };
    signature.strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect()
}
