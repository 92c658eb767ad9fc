//! The price table: groups, lines with notes, sums; over as many pages as it takes.

use doorstep_domain::money::Fen;

use super::flow::{Align, Flow, MARGIN, MEASURE, Style, other};
use super::label::Label;
use super::model::PaperLine;
use super::sheet::{Ink, Mark, PAGE_WIDTH};

/// Room for `¥-100,000,000.00` and a gap.
const AMOUNT_WIDTH: f32 = 110.0;
const INDENT: f32 = 8.0;
const RIGHT: f32 = PAGE_WIDTH - MARGIN - INDENT;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    /// The head of a group with what it comes to.
    Group(Label, Fen),
    /// One line of a group.
    Line(&'a PaperLine),
    /// One line of a group whose amounts go both ways: additions carry a plus sign.
    Signed(&'a PaperLine),
    /// A group of which only the amount is shown.
    Plain(Label, Fen),
    /// A result of what stands above, and of what exactly.
    Sum(Label, Fen, Option<Label>),
}

impl Flow {
    /// Sets the table; its header stands again on each page it runs to, and so does the head of a
    /// group that goes on there.
    pub(crate) fn price_table(&mut self, rows: &[Row<'_>]) {
        self.need(60.0);
        self.table_header();
        let mut group = None;
        for (at, row) in rows.iter().enumerate() {
            let mut height = self.height(row);
            // A group's head never stands alone at the foot of a page, and results that follow
            // each other stay together.
            let kept = rows.get(at + 1).filter(|next| match row {
                Row::Group(..) => true,
                Row::Sum(..) => matches!(next, Row::Sum(..)),
                _ => false,
            });
            height += kept.map_or(0.0, |next| self.height(next));
            if !matches!(row, Row::Line(_) | Row::Signed(_)) {
                group = None;
            }
            if Flow::fits_a_page(height) {
                self.need_in_table(height, group);
            }
            match row {
                Row::Group(label, amount) => {
                    self.group_row(self.say(*label), *label, Some(*amount));
                    group = Some(*label);
                }
                Row::Line(line) => self.line_row(line, figure(line.amount), group),
                Row::Signed(line) => self.line_row(line, signed(line.amount), group),
                Row::Plain(label, amount) => self.plain_row(*label, *amount),
                Row::Sum(label, amount, note) => self.sum_row(*label, *amount, *note),
            }
        }
    }

    fn need_in_table(&mut self, height: f32, group: Option<Label>) {
        let before = self.y;
        self.need(height);
        if self.y < before {
            self.table_header();
            if let Some(label) = group {
                let continued = format!("{}{}", self.say(label), self.say(Label::Continued));
                self.group_row(&continued, label, None);
            }
        }
    }

    fn height(&self, row: &Row<'_>) -> f32 {
        match row {
            Row::Group(..) => 21.0,
            Row::Plain(..) => 19.0,
            Row::Sum(.., note) => 22.0 + if note.is_some() { Style::NOTE.leading } else { 0.0 },
            Row::Line(line) | Row::Signed(line) => {
                let label = self.wrapped(&line.label, Style::BODY, label_width()).len();
                let note = line.note.as_deref().unwrap_or_default();
                let note = self.wrapped(note, Style::NOTE, label_width()).len();
                lines_high(label, Style::BODY) + lines_high(note, Style::NOTE) + 7.0
            }
        }
    }

    fn table_header(&mut self) {
        self.line(self.say(Label::Item), Style::NOTE, MARGIN + INDENT, self.y, Align::Left);
        self.line(self.say(Label::AmountInYuan), Style::NOTE, RIGHT, self.y, Align::Right);
        self.y += Style::NOTE.leading + 3.0;
        self.rule(Ink::PINE, 0.8);
    }

    fn group_row(&mut self, head: &str, label: Label, amount: Option<Fen>) {
        let top = self.y;
        self.draw(Mark::Filled {
            rects: vec![(MARGIN, top + 0.4, MEASURE, 20.2)],
            ink: Ink::SUNKEN,
        });
        let style = Style::STRONG.in_ink(Ink::PINE);
        let used = self.line(head, style, MARGIN + INDENT, top + 3.5, Align::Left);
        let beside = label.text(other(self.language));
        self.line(beside, Style::NOTE, MARGIN + INDENT + used + 6.0, top + 5.2, Align::Left);
        if let Some(amount) = amount {
            self.line(&figure(amount), style, RIGHT, top + 3.5, Align::Right);
        }
        self.y += 21.0;
    }

    fn line_row(&mut self, line: &PaperLine, amount: String, group: Option<Label>) {
        self.y += 3.0;
        let style = if line.struck { Style::BODY.in_ink(Ink::QUIET) } else { Style::BODY };
        let mut amount = Some(amount);
        for text in self.wrapped(&line.label, style, label_width()) {
            self.need_in_table(style.leading, group);
            let y = self.y;
            let used = self.set(text, style, MARGIN + INDENT, y, Align::Left);
            let sum = amount.take().map(|sum| self.line(&sum, style, RIGHT, y, Align::Right));
            if line.struck {
                self.strike(MARGIN + INDENT, used, y, style);
                if let Some(wide) = sum {
                    self.strike(RIGHT - wide, wide, y, style);
                }
            }
            self.y += style.leading;
        }
        for text in
            self.wrapped(line.note.as_deref().unwrap_or_default(), Style::NOTE, label_width())
        {
            self.need_in_table(Style::NOTE.leading, group);
            let style = if line.struck { Style::NOTE.in_ink(Ink::AMBER) } else { Style::NOTE };
            self.set(text, style, MARGIN + INDENT, self.y, Align::Left);
            self.y += style.leading;
        }
        self.y += 4.0;
        self.rule(Ink::LINE, 0.4);
    }

    fn plain_row(&mut self, label: Label, amount: Fen) {
        let top = self.y;
        self.line(self.say(label), Style::BODY, MARGIN + INDENT, top + 2.5, Align::Left);
        self.line(&figure(amount), Style::BODY, RIGHT, top + 2.5, Align::Right);
        self.y += 19.0;
        self.rule(Ink::LINE, 0.4);
    }

    fn strike(&mut self, x: f32, wide: f32, top: f32, style: Style) {
        let y = top + style.leading / 2.0 + 0.4;
        self.draw(Mark::Line { from: (x, y), to: (x + wide, y), thickness: 0.7, ink: style.ink });
    }

    fn sum_row(&mut self, label: Label, amount: Fen, note: Option<Label>) {
        let top = self.y;
        let used =
            self.line(self.say(label), Style::STRONG, MARGIN + INDENT, top + 4.0, Align::Left);
        let beside = label.text(other(self.language));
        self.line(beside, Style::NOTE, MARGIN + INDENT + used + 6.0, top + 5.6, Align::Left);
        self.line(&figure(amount), Style::STRONG, RIGHT, top + 4.0, Align::Right);
        self.y += 22.0;
        if let Some(note) = note {
            let y = self.y - 3.5;
            self.line(self.say(note), Style::NOTE, MARGIN + INDENT, y, Align::Left);
            self.y += Style::NOTE.leading;
        }
        self.rule(Ink::PINE, 0.8);
    }

    /// A table of texts, its header repeated on each page; every cell wraps.
    pub(crate) fn columns<const N: usize>(
        &mut self,
        widths: [f32; N],
        heads: [&str; N],
        rows: &[[String; N]],
    ) {
        self.need(50.0);
        self.column_heads(widths, heads);
        for row in rows {
            self.y += 3.0;
            let cells: Vec<_> = row
                .iter()
                .zip(widths)
                .map(|(text, wide)| self.wrapped(text, Style::BODY, wide - 2.0 * INDENT))
                .collect();
            let tallest = cells.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..tallest {
                let before = self.y;
                self.need(Style::BODY.leading);
                if self.y < before {
                    self.column_heads(widths, heads);
                }
                let mut x = MARGIN + INDENT;
                for (cell, wide) in cells.iter().zip(widths) {
                    if let Some(line) = cell.get(at) {
                        self.set(line.clone(), Style::BODY, x, self.y, Align::Left);
                    }
                    x += wide;
                }
                self.y += Style::BODY.leading;
            }
            self.y += 3.0;
            self.rule(Ink::LINE, 0.4);
        }
    }

    fn column_heads<const N: usize>(&mut self, widths: [f32; N], heads: [&str; N]) {
        let mut x = MARGIN + INDENT;
        for (head, wide) in heads.into_iter().zip(widths) {
            self.line(head, Style::NOTE, x, self.y, Align::Left);
            x += wide;
        }
        self.y += Style::NOTE.leading + 3.0;
        self.rule(Ink::PINE, 0.8);
    }

    /// Both totals side by side, as large as each other.
    pub(crate) fn totals_panel(&mut self, certain: Fen, if_approved: Option<Fen>) {
        self.need(70.0);
        let gap = 14.0;
        let wide = (MEASURE - gap) / 2.0;
        let boxes =
            [Some((Label::Certain, certain)), if_approved.map(|sum| (Label::IfApproved, sum))];
        for (column, shown) in boxes.into_iter().enumerate() {
            let Some((label, amount)) = shown else { continue };
            let x = MARGIN + if column == 0 { 0.0 } else { wide + gap };
            let y = self.y;
            if column == 0 {
                self.draw(Mark::Filled { rects: vec![(x, y, wide, 56.0)], ink: Ink::PINE_SOFT });
            }
            self.draw(Mark::Framed {
                x,
                y,
                width: wide,
                height: 56.0,
                thickness: 0.9,
                ink: Ink::PINE,
            });
            let used = self.line(self.say(label), Style::HEADING, x + 12.0, y + 7.0, Align::Left);
            let beside = label.text(other(self.language));
            self.line(beside, Style::NOTE, x + 12.0 + used + 6.0, y + 9.4, Align::Left);
            self.line(&total(amount), Style::TOTAL, x + 12.0, y + 22.5, Align::Left);
        }
        self.y += 65.0;
        if certain.0 < 0 || if_approved.is_some_and(|sum| sum.0 < 0) {
            self.paragraph(self.say(Label::PayoutNote), Style::NOTE, MARGIN, MEASURE);
            self.y += 3.0;
        }
    }
}

/// An amount with a true minus sign, which is as wide as a digit.
fn figure(amount: Fen) -> String {
    amount.to_string().replace('-', "\u{2212}")
}

fn signed(amount: Fen) -> String {
    if amount.0 > 0 { format!("+{amount}") } else { figure(amount) }
}

/// An amount with the sign of the currency; what is paid out carries its minus before it.
fn total(amount: Fen) -> String {
    let figure = figure(amount);
    match figure.strip_prefix('\u{2212}') {
        Some(paid_out) => format!("\u{2212}¥{paid_out}"),
        None => format!("¥{figure}"),
    }
}

fn label_width() -> f32 {
    MEASURE - 2.0 * INDENT - AMOUNT_WIDTH
}

fn lines_high(count: usize, style: Style) -> f32 {
    style.leading * count as f32
}
