//! The warranty card on paper, with the code that proves it.

use super::DocumentError;
use super::flow::{Align, Flow, MARGIN, MEASURE, Style};
use super::label::Label;
use super::model::{CardPaper, CardTerm, QrModules};
use super::privacy::masked_phone;
use super::sheet::{Ink, Mark, PAGE_WIDTH};

/// Printed width of the code without its quiet zone: a version 8 code then has modules of 0.9 mm,
/// which phone cameras read at arm's length.
const QR_WIDTH: f32 = 128.0;
/// Light modules around a QR code (ISO/IEC 18004, 6.3.8).
const QUIET_MODULES: usize = 4;

/// Sets a warranty card as a PDF.
///
/// # Errors
/// [`DocumentError::QrShape`] when the modules are not a square.
pub fn card_paper(paper: &CardPaper) -> Result<Vec<u8>, DocumentError> {
    let rects = modules(&paper.qr)?;
    let mut flow = Flow::start(
        Label::CardTitle,
        paper.language,
        &paper.issuer,
        paper.card_id.clone(),
        paper.sample,
    )?;
    code(&mut flow, paper, rects);

    flow.heading(Label::Machine);
    flow.pairs(&[
        (Label::ProductName, &paper.machine.description),
        (Label::Model, &paper.machine.model),
        (Label::Serial, &paper.machine.serials.join(" / ")),
        (Label::ProductCode, &paper.product_code),
    ]);
    clocks(&mut flow, paper);
    terms(&mut flow, &paper.terms);
    if !paper.notes.is_empty() {
        flow.heading(Label::Remarks);
        flow.bullets(&paper.notes);
    }
    flow.finish()
}

/// The dark modules as rectangles in modules, one for each run of a row.
fn modules(qr: &QrModules) -> Result<Vec<(usize, usize, usize)>, DocumentError> {
    // ISO/IEC 18004: 21 modules for version 1, 177 for version 40.
    if !(21..=177).contains(&qr.size) || qr.size * qr.size != qr.dark.len() {
        return Err(DocumentError::QrShape { size: qr.size, modules: qr.dark.len() });
    }
    let mut runs = Vec::new();
    for (y, row) in qr.dark.chunks(qr.size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                runs.push((x, y, run.len()));
            }
            x += run.len();
        }
    }
    Ok(runs)
}

/// The code at the right, card and owner at the left.
fn code(flow: &mut Flow, paper: &CardPaper, runs: Vec<(usize, usize, usize)>) {
    let top = flow.y;
    let module = QR_WIDTH / paper.qr.size as f32;
    let quiet = module * QUIET_MODULES as f32;
    // The margin is quiet enough at the right, and so is most of the gap above: the dark modules
    // align with the other edges of the page.
    let (left, upper) = (PAGE_WIDTH - MARGIN - QR_WIDTH, top + 3.0);
    let rects = runs
        .into_iter()
        .map(|(x, y, length)| {
            (left + x as f32 * module, upper + y as f32 * module, length as f32 * module, module)
        })
        .collect();
    flow.draw(Mark::Filled { rects, ink: Ink::BLACK });

    let wide = left - quiet - MARGIN - 12.0;
    if paper.provisional {
        flow.stamp(flow.say(Label::Provisional), Ink::AMBER);
    }
    for (label, value) in [
        (Label::CardNumber, paper.card_id.clone()),
        (Label::Name, paper.customer.name.clone()),
        (Label::Phone, masked_phone(&paper.customer.phone)),
        (Label::Address, paper.customer.address.clone()),
        (Label::Invoice, paper.invoice.clone()),
    ] {
        if value.trim().is_empty() {
            continue;
        }
        flow.need(Style::NOTE.leading + Style::BODY.leading);
        flow.line(flow.say(label), Style::NOTE, MARGIN, flow.y, Align::Left);
        flow.y += Style::NOTE.leading;
        flow.paragraph(&value, Style::BODY, MARGIN, wide);
        flow.y += 3.0;
    }
    flow.y = (flow.y + 3.0).max(upper + QR_WIDTH + quiet);
    flow.paragraph(flow.say(Label::ScanNote), Style::NOTE, MARGIN, MEASURE);
    if paper.provisional {
        let style = Style::NOTE.in_ink(Ink::AMBER);
        flow.paragraph(flow.say(Label::ProvisionalNote), style, MARGIN, MEASURE);
    }
}

fn clocks(flow: &mut Flow, paper: &CardPaper) {
    flow.heading(Label::Clocks);
    let mut rows = Vec::new();
    for (label, clock) in
        [(Label::WarrantyClock, &paper.warranty), (Label::SafeLifeClock, &paper.safe_life)]
    {
        rows.push([
            flow.say(label).to_owned(),
            clock.starts.clone(),
            clock.term.clone(),
            clock.until.clone(),
        ]);
    }
    let heads = ["", flow.say(Label::Starts), flow.say(Label::Term), flow.say(Label::Until)];
    flow.columns([110.0, 190.0, 95.0, MEASURE - 395.0], heads, &rows);
}

fn terms(flow: &mut Flow, terms: &[CardTerm]) {
    if terms.is_empty() {
        return;
    }
    flow.heading(Label::Terms);
    let rows: Vec<_> = terms
        .iter()
        .map(|term| [term.part.clone(), term.term.clone(), term.until.clone()])
        .collect();
    let heads = [flow.say(Label::Part), flow.say(Label::Term), flow.say(Label::Until)];
    flow.columns([300.0, 95.0, MEASURE - 395.0], heads, &rows);
}
