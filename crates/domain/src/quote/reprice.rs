//! Computing a quote again and naming the first difference.

use thiserror::Error;

use crate::books::Books;
use crate::quote::error::QuoteError;
use crate::quote::line::QuoteLine;
use crate::quote::price::price;
use crate::quote::snapshot::Quote;
use crate::words::Words;

/// Why a quote is not what these books give.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// The content was changed after it was hashed.
    #[error("the quote's content does not match its hash")]
    Hash,
    /// The books are other versions than the quote names; fetch those it names.
    #[error("the quote names {kind} {named}, these books hold {held}")]
    Version {
        /// Which kind.
        kind: &'static str,
        /// The version the quote names.
        named: String,
        /// The version at hand.
        held: String,
    },
    /// The request cannot be priced with these books.
    #[error("cannot be priced again: {0}")]
    Unpriceable(QuoteError),
    /// The first line that differs.
    #[error("line {place} differs; {}", difference(.quoted.as_deref(), .computed.as_deref()).en)]
    Line {
        /// Its position, from 0.
        place: usize,
        /// The line on the quote, if there is one.
        quoted: Option<Box<QuoteLine>>,
        /// The line as computed, if there is one.
        computed: Option<Box<QuoteLine>>,
    },
    /// All lines agree and another part differs.
    #[error("{0} differs")]
    Part(&'static str),
}

impl Mismatch {
    /// The difference for people.
    pub fn words(&self) -> Words {
        match self {
            Mismatch::Hash => Words::new(
                "报价单内容与校验码不符。",
                "The quote's content does not match its check code.",
            ),
            Mismatch::Version { kind, named, held } => Words::new(
                format!("报价单使用的 {kind} 版本是 {named}，现有 {held}。"),
                format!("The quote was made with {kind} {named}; at hand is {held}."),
            ),
            Mismatch::Unpriceable(error) => Words::new(
                format!("无法重新计算：{}", error.words().zh),
                format!("It cannot be computed again: {}", error.words().en),
            ),
            Mismatch::Line { quoted, computed, .. } => {
                difference(quoted.as_deref(), computed.as_deref())
            }
            Mismatch::Part(part) => Words::new(
                format!("报价单与重新计算的结果不同：{part}。"),
                format!("The quote differs from the computation in: {part}."),
            ),
        }
    }
}

/// One line beside the other.
fn difference(quoted: Option<&QuoteLine>, computed: Option<&QuoteLine>) -> Words {
    let show = |line: Option<&QuoteLine>| match line {
        Some(line) => Words::new(
            format!("{}（{} {}）¥{}", line.words.zh, line.line, line.rule, line.amount),
            format!("{} ({} {}) ¥{}", line.words.en, line.line, line.rule, line.amount),
        ),
        None => Words::new("无此行", "no such line"),
    };
    let (was, now) = (show(quoted), show(computed));
    Words::new(
        format!("报价单：{}；重新计算：{}。", was.zh, now.zh),
        format!("On the quote: {}; computed: {}.", was.en, now.en),
    )
}

/// Computes the quote again from its own request and compares.
///
/// # Errors
/// The first difference: hash, versions, then line by line, then the other parts.
pub fn reprice(quote: &Quote, books: &Books) -> Result<(), Mismatch> {
    if !quote.verify_hash() {
        return Err(Mismatch::Hash);
    }
    let (named, held) = (&quote.bundles, books.versions());
    let versions = [
        ("catalogue", &named.catalogue, &held.catalogue),
        ("valuation", &named.valuation, &held.valuation),
        ("fees", &named.fees, &held.fees),
        ("rules", &named.rules, &held.rules),
    ];
    if let Some((kind, named, held)) = versions.into_iter().find(|(_, a, b)| a != b) {
        return Err(Mismatch::Version { kind, named: named.clone(), held: held.clone() });
    }
    let computed = price(&quote.request, books).map_err(Mismatch::Unpriceable)?;
    for place in 0..quote.lines.len().max(computed.lines.len()) {
        let (ours, theirs) = (quote.lines.get(place), computed.lines.get(place));
        if ours != theirs {
            return Err(Mismatch::Line {
                place,
                quoted: ours.cloned().map(Box::new),
                computed: theirs.cloned().map(Box::new),
            });
        }
    }
    let parts = [
        ("request", quote.request == computed.request),
        ("totals", quote.totals == computed.totals),
        ("items", quote.items == computed.items),
        ("old", quote.old == computed.old),
        ("verdicts", quote.verdicts == computed.verdicts),
        ("valid_until", quote.valid_until == computed.valid_until),
        ("everything else", quote == &computed),
    ];
    match parts.into_iter().find(|(_, same)| !same) {
        Some((part, _)) => Err(Mismatch::Part(part)),
        None => Ok(()),
    }
}
