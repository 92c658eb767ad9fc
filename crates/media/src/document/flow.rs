//! From top to bottom: text that wraps, blocks that move to the next page, tables that repeat
//! their header.

use doorstep_domain::words::Language;

use super::DocumentError;
use super::font::{Fonts, Weight};
use super::label::Label;
use super::shape::{Cluster, shape, width};
use super::sheet::{Ink, Mark, PAGE_HEIGHT, PAGE_WIDTH, Sheets};
use super::wrap::lines;

/// Left and right margin: room for two punched holes.
pub(crate) const MARGIN: f32 = 50.0;
/// Where text may run from margin to margin.
pub(crate) const MEASURE: f32 = PAGE_WIDTH - 2.0 * MARGIN;
const TOP: f32 = 44.0;
const BOTTOM: f32 = PAGE_HEIGHT - 56.0;
const FOOT: f32 = PAGE_HEIGHT - 44.0;
/// Between two columns of labelled values.
const COLUMN_GAP: f32 = 18.0;
/// Below a row of labelled values.
const PAIR_GAP: f32 = 4.0;
/// Ideographs stand 0.88 em above the baseline in the Noto faces.
const ASCENT: f32 = 0.88;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    /// Distance from line to line.
    pub(crate) leading: f32,
    pub(crate) weight: Weight,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const TITLE: Style =
        Style { size: 21.0, leading: 28.0, weight: Weight::Bold, ink: Ink::PINE };
    pub(crate) const TOTAL: Style =
        Style { size: 23.0, leading: 30.0, weight: Weight::Bold, ink: Ink::TEXT };
    pub(crate) const HEADING: Style =
        Style { size: 10.5, leading: 15.0, weight: Weight::Bold, ink: Ink::PINE };
    pub(crate) const STRONG: Style =
        Style { size: 9.5, leading: 14.0, weight: Weight::Bold, ink: Ink::TEXT };
    pub(crate) const BODY: Style =
        Style { size: 9.5, leading: 14.0, weight: Weight::Regular, ink: Ink::TEXT };
    pub(crate) const NOTE: Style =
        Style { size: 7.8, leading: 11.2, weight: Weight::Regular, ink: Ink::QUIET };

    pub(crate) const fn in_ink(self, ink: Ink) -> Style {
        Style { ink, ..self }
    }
}

/// Where a text stands against its `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A document being set.
pub(crate) struct Flow {
    fonts: &'static Fonts,
    sheets: Sheets,
    /// The language of labels.
    pub(crate) language: Language,
    /// The top of what comes next.
    pub(crate) y: f32,
    title: Label,
    sample: bool,
    foot: String,
    /// Where the right edge of the next stamp goes.
    stamp_edge: f32,
}

impl Flow {
    /// Starts a document and its first page with title, issuer and the sample mark.
    /// `foot` stands at the bottom of each page.
    pub(crate) fn start(
        title: Label,
        language: Language,
        issuer: &str,
        foot: String,
        sample: bool,
    ) -> Result<Flow, DocumentError> {
        let fonts = Fonts::embedded().ok_or(DocumentError::Fonts)?;
        let mut flow = Flow {
            fonts,
            sheets: Sheets::default(),
            language,
            y: TOP,
            title,
            sample,
            foot,
            stamp_edge: PAGE_WIDTH - MARGIN,
        };
        flow.sheets.start_page();
        flow.sample_mark();
        flow.paragraph(issuer, Style::NOTE, MARGIN, MEASURE - 220.0);
        flow.y += 2.0;
        let used = flow.line(title.text(language), Style::TITLE, MARGIN, flow.y, Align::Left);
        let beside = title.text(other(language));
        let small = Style::BODY.in_ink(Ink::QUIET);
        let wide = width(&flow.shaped(beside, small), small.size);
        if used + 10.0 + wide <= MEASURE {
            flow.line(beside, small, MARGIN + used + 10.0, flow.y + 9.5, Align::Left);
        }
        flow.y += Style::TITLE.leading + 4.0;
        flow.rule(Ink::PINE, 1.4);
        flow.y += 10.0;
        Ok(flow)
    }

    /// Numbers the pages and writes the PDF.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, DocumentError> {
        let total = self.sheets.pages.len();
        let foot = self.shaped(&self.foot, Style::NOTE);
        for (at, page) in self.sheets.pages.iter_mut().enumerate() {
            let number = match self.language {
                Language::Chinese => format!("第 {} 页 / 共 {total} 页", at + 1),
                Language::English => format!("Page {} of {total}", at + 1),
            };
            let number = shape(&number, self.fonts, Style::NOTE.weight);
            let baseline = FOOT + 14.0;
            let x = PAGE_WIDTH - MARGIN - width(&number, Style::NOTE.size);
            page.push(Mark::Line {
                from: (MARGIN, FOOT),
                to: (PAGE_WIDTH - MARGIN, FOOT),
                thickness: 0.5,
                ink: Ink::LINE,
            });
            for (x, clusters) in [(MARGIN, foot.clone()), (x, number)] {
                page.push(Mark::Text {
                    x,
                    baseline,
                    size: Style::NOTE.size,
                    ink: Ink::QUIET,
                    clusters,
                });
            }
        }
        let tag = match self.language {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        };
        self.sheets.pdf(self.fonts, self.title.text(self.language), tag)
    }

    /// The label in the document's language.
    pub(crate) fn say(&self, label: Label) -> &'static str {
        label.text(self.language)
    }

    /// Makes sure that `height` points are left, on a new page if need be.
    pub(crate) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP + 30.0 {
            self.next_page();
        }
    }

    /// Whether a block of this height fits a page at all.
    pub(crate) fn fits_a_page(height: f32) -> bool {
        height < BOTTOM - TOP - 40.0
    }

    fn next_page(&mut self) {
        self.sheets.start_page();
        self.y = TOP;
        self.stamp_edge = PAGE_WIDTH - MARGIN;
        self.sample_mark();
        let title = self.title.text(self.language);
        self.line(title, Style::NOTE, MARGIN, self.y, Align::Left);
        self.y += 15.0;
        self.rule(Ink::PINE, 0.8);
        self.y += 10.0;
    }

    fn sample_mark(&mut self) {
        if self.sample {
            self.stamp("样例数据 SAMPLE", Ink::AMBER);
        }
    }

    /// A framed mark in the upper right corner of the page, left of those already there.
    pub(crate) fn stamp(&mut self, text: &str, ink: Ink) {
        let (right, top) = (self.stamp_edge, TOP - 8.0);
        let style = Style { size: 8.6, leading: 12.0, weight: Weight::Bold, ink };
        let clusters = self.shaped(text, style);
        let wide = width(&clusters, style.size) + 12.0;
        self.draw(Mark::Framed {
            x: right - wide,
            y: top,
            width: wide,
            height: 17.0,
            thickness: 0.9,
            ink,
        });
        self.line(text, style, right - wide + 6.0, top + 2.3, Align::Left);
        self.stamp_edge = right - wide - 6.0;
    }

    /// Draws on the current page.
    pub(crate) fn draw(&mut self, mark: Mark) {
        self.sheets.draw(mark);
    }

    /// Cleaned and shaped text.
    pub(crate) fn shaped(&self, text: &str, style: Style) -> Vec<Cluster> {
        shape(text, self.fonts, style.weight)
    }

    /// Cleaned text cut to lines.
    pub(crate) fn wrapped(&self, text: &str, style: Style, wide: f32) -> Vec<Vec<Cluster>> {
        lines(&self.shaped(text, style), style.size, wide)
    }

    /// One line at a place; gives its width. It is not wrapped: only for text that is known to
    /// be short.
    pub(crate) fn line(&mut self, text: &str, style: Style, x: f32, top: f32, align: Align) -> f32 {
        let clusters = self.shaped(text, style);
        self.set(clusters, style, x, top, align)
    }

    /// One shaped line at a place; gives its width.
    pub(crate) fn set(
        &mut self,
        clusters: Vec<Cluster>,
        style: Style,
        x: f32,
        top: f32,
        align: Align,
    ) -> f32 {
        let wide = width(&clusters, style.size);
        let x = if align == Align::Right { x - wide } else { x };
        let baseline = top + (style.leading - style.size) / 2.0 + ASCENT * style.size;
        self.draw(Mark::Text { x, baseline, size: style.size, ink: style.ink, clusters });
        wide
    }

    /// Wrapped text that may run over pages.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style, x: f32, wide: f32) {
        for line in self.wrapped(text, style, wide) {
            self.need(style.leading);
            self.set(line, style, x, self.y, Align::Left);
            self.y += style.leading;
        }
    }

    /// A thin line from margin to margin.
    pub(crate) fn rule(&mut self, ink: Ink, thickness: f32) {
        let y = self.y;
        self.draw(Mark::Line { from: (MARGIN, y), to: (PAGE_WIDTH - MARGIN, y), thickness, ink });
    }

    /// A heading in the document's language with the other language small beside it.
    pub(crate) fn heading(&mut self, label: Label) {
        self.need(Style::HEADING.leading + 30.0);
        self.y += 8.0;
        let used = self.line(self.say(label), Style::HEADING, MARGIN, self.y, Align::Left);
        let beside = label.text(other(self.language));
        self.line(beside, Style::NOTE, MARGIN + used + 7.0, self.y + 2.8, Align::Left);
        self.y += Style::HEADING.leading + 2.0;
        self.rule(Ink::LINE, 0.6);
        self.y += 6.0;
    }

    /// Labelled values in two columns; pairs with an empty value are left out. Where a value is too
    /// long for a column, both neighbours get the whole measure, unless that costs more than a line.
    pub(crate) fn pairs(&mut self, pairs: &[(Label, &str)]) {
        let pitch = (MEASURE + COLUMN_GAP) / 2.0;
        let shown: Vec<_> = pairs.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        let mut rest = shown.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let beside = after.first().filter(|second| self.gains_beside(first.1, second.1));
            let cells: Vec<_> = [Some(first), beside].into_iter().flatten().collect();
            let wide = if beside.is_some() { pitch - COLUMN_GAP } else { MEASURE };
            let set =
                |(label, value): &(Label, &str)| (*label, self.wrapped(value, Style::BODY, wide));
            let row = cells.iter().map(|pair| set(pair)).collect();
            rest = after.get(cells.len() - 1..).unwrap_or_default();
            self.pair_row(row, pitch);
        }
    }

    /// Whether two values beside each other are lower by more than a line than one below the other.
    fn gains_beside(&self, first: &str, second: &str) -> bool {
        let lines = |text: &str, wide: f32| self.wrapped(text, Style::BODY, wide).len() as f32;
        let height = |lines: f32| Style::NOTE.leading + lines * Style::BODY.leading + PAIR_GAP;
        let half = (MEASURE - COLUMN_GAP) / 2.0;
        let beside = height(lines(first, half).max(lines(second, half)));
        let below = height(lines(first, MEASURE)) + height(lines(second, MEASURE));
        below - beside > Style::BODY.leading
    }

    /// Labelled values beside each other, `pitch` apart; none leaves no row.
    fn pair_row(&mut self, cells: Vec<(Label, Vec<Vec<Cluster>>)>, pitch: f32) {
        if cells.is_empty() {
            return;
        }
        let left = |column: usize| MARGIN + pitch * column as f32;
        self.need(Style::NOTE.leading + Style::BODY.leading);
        for (column, (label, _)) in cells.iter().enumerate() {
            self.line(self.say(*label), Style::NOTE, left(column), self.y, Align::Left);
        }
        self.y += Style::NOTE.leading;
        let tallest = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        for at in 0..tallest {
            self.need(Style::BODY.leading);
            for (column, (_, lines)) in cells.iter().enumerate() {
                if let Some(line) = lines.get(at) {
                    self.set(line.clone(), Style::BODY, left(column), self.y, Align::Left);
                }
            }
            self.y += Style::BODY.leading;
        }
        self.y += PAIR_GAP;
    }

    /// Short paragraphs with a hanging mark.
    pub(crate) fn bullets(&mut self, texts: &[String]) {
        for text in texts {
            self.need(Style::NOTE.leading);
            self.line("·", Style::NOTE, MARGIN, self.y, Align::Left);
            self.paragraph(text, Style::NOTE, MARGIN + 9.0, MEASURE - 9.0);
            self.y += 1.5;
        }
    }
}

/// The language a bilingual heading shows small.
pub(crate) fn other(language: Language) -> Language {
    match language {
        Language::Chinese => Language::English,
        Language::English => Language::Chinese,
    }
}
