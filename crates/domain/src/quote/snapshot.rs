//! The quote as an immutable snapshot.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;

use crate::books::BundleVersions;
use crate::catalogue::Category;
use crate::money::Fen;
use crate::quote::line::{LineKind, QuoteLine};
use crate::quote::request::QuoteRequest;
use crate::quote::totals::{BrokenIdentity, QuoteTotals};
use crate::subsidy::{PayoutMode, SubsidyVerdict};
use crate::time::Date;
use crate::valuation::{MachineState, RefusedDeduction};
use crate::words::Words;

/// The shape of the snapshot; rises when a field changes its meaning.
pub(super) const SCHEMA: u16 = 1;

/// One new machine, priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemPrice {
    /// The line of the request.
    pub line: String,
    /// The catalogue's number; absent for an article entered by its facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sku: Option<String>,
    /// Its category.
    pub category: Category,
    /// Its sub-category.
    pub sub: String,
    /// Its article number.
    pub gtin: String,
    /// The grade on its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub energy_grade: Option<u8>,
    /// What the customer reads.
    pub words: Words,
    /// List price, in fen.
    pub list: Fen,
    /// After all discounts, in fen: the invoice's total and the subsidy's base.
    pub final_price: Fen,
    /// The estimated subsidy, in fen.
    pub subsidy: Fen,
    /// The old machine whose hand-in opens the subsidy, where one is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub opened_by: Option<String>,
}

/// One old machine, appraised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OldCredit {
    /// The line of the request.
    pub line: String,
    /// Its category.
    pub category: Category,
    /// The state it is bought in.
    pub state: MachineState,
    /// What it brings, in fen, before a trade-in bonus.
    pub value: Fen,
    /// Faults without their photo: named, not deducted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedDeduction>,
}

/// What an engineer says about drawing and using the subsidy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EntitlementNote {
    /// The rule pack that says so.
    pub rule: String,
    /// How long an entitlement lasts and how it is drawn.
    pub words: Words,
}

/// A quote: inputs, versions, lines, totals, validity, hash. Never changed once made; another
/// amount is another quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Quote {
    /// The shape of this snapshot.
    pub schema: u16,
    /// The inputs, in their fixed order.
    pub request: QuoteRequest,
    /// The reference data used.
    pub bundles: BundleVersions,
    /// Whether any of it is demonstration data: print 样例数据 / SAMPLE.
    pub sample: bool,
    /// The new machines.
    pub items: Vec<ItemPrice>,
    /// The old machines.
    pub old: Vec<OldCredit>,
    /// Every amount, in the order of calculation.
    pub lines: Vec<QuoteLine>,
    /// What every programme in force says to every new machine.
    pub verdicts: Vec<SubsidyVerdict>,
    /// What to say about entitlements that this quote counts on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<EntitlementNote>,
    /// Certain, and if approved.
    pub totals: QuoteTotals,
    /// How a negative balance reaches the customer.
    pub payout_mode: PayoutMode,
    /// The last day on which the quote binds.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub valid_until: Date,
    /// sha256 over the canonical JSON of everything above, 64 hex digits.
    pub hash: String,
}

impl Quote {
    /// The hash this content should bear: sha256 over JSON with sorted keys and no white space,
    /// without the field `hash`.
    ///
    /// # Errors
    /// When the content cannot be written as JSON, which no quote made by this crate can cause.
    pub fn content_hash(&self) -> Result<String, serde_json::Error> {
        hash_of(&serde_json::to_value(self)?)
    }

    /// Reads a quote from text and checks its hash over the text itself, so that a quote with
    /// fields this build does not know yet still verifies.
    ///
    /// # Errors
    /// When the text is no quote, or its hash does not match.
    pub fn from_json(text: &str) -> Result<Quote, UnreadableQuote> {
        let value: Value = serde_json::from_str(text)?;
        let hash = hash_of(&value)?;
        let quote: Quote = serde_json::from_value(value)?;
        if quote.hash == hash { Ok(quote) } else { Err(UnreadableQuote::Hash) }
    }

    /// Whether the content is what was hashed.
    pub fn verify_hash(&self) -> bool {
        self.content_hash().is_ok_and(|hash| hash == self.hash)
    }

    /// Checks both money identities, and that the lines sum to the totals.
    ///
    /// # Errors
    /// The first identity that does not hold.
    pub fn check_identities(&self) -> Result<(), BrokenIdentity> {
        let totals = &self.totals;
        totals.check()?;
        let approved = &totals.if_approved;
        let expected = [
            ("list prices", self.sum(&[LineKind::ListPrice]), totals.list),
            ("discounts", self.sum(&[LineKind::Discount]), totals.discounts.negated()),
            ("subsidies", self.sum(&[LineKind::Subsidy]), approved.government_subsidy.negated()),
            (
                "old machines",
                self.sum(&[LineKind::OldValue, LineKind::OldDeduction, LineKind::OldBonus]),
                approved.old_value.negated(),
            ),
            ("fees", self.sum(&[LineKind::Fee]), approved.fees),
            ("deposits", self.sum(&[LineKind::Deposit]), approved.deposits.negated()),
            (
                "final prices",
                Fen::sum(self.items.iter().map(|i| i.final_price)),
                approved.invoice_total,
            ),
            (
                "item subsidies",
                Fen::sum(self.items.iter().map(|i| i.subsidy)),
                approved.government_subsidy,
            ),
        ];
        match expected.into_iter().find(|(_, sum, total)| *sum != Some(*total)) {
            Some((name, _, _)) => Err(BrokenIdentity::Lines(name)),
            None => Ok(()),
        }
    }

    /// The lines of one kind.
    pub fn lines_of(&self, kind: LineKind) -> impl Iterator<Item = &QuoteLine> {
        self.lines.iter().filter(move |line| line.kind == kind)
    }

    fn sum(&self, kinds: &[LineKind]) -> Option<Fen> {
        Fen::sum(self.lines.iter().filter(|line| kinds.contains(&line.kind)).map(|l| l.amount))
    }
}

/// Why a text cannot be taken for a quote.
#[derive(Debug, Error)]
pub enum UnreadableQuote {
    /// It is no quote.
    #[error("not a quote: {0}")]
    Text(#[from] serde_json::Error),
    /// Its content was changed after it was hashed.
    #[error("the quote's content does not match its hash")]
    Hash,
}

fn hash_of(value: &Value) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    match value {
        Value::Object(fields) => {
            let content = fields.iter().filter(|(key, _)| *key != "hash");
            write_object(content, &mut text)?;
        }
        other => write_sorted(other, &mut text)?,
    }
    Ok(hex::encode(Sha256::digest(text.as_bytes())))
}

fn write_object<'a>(
    fields: impl Iterator<Item = (&'a String, &'a Value)>,
    out: &mut String,
) -> Result<(), serde_json::Error> {
    let sorted: BTreeMap<&String, &Value> = fields.collect();
    out.push('{');
    for (place, (key, entry)) in sorted.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(key)?);
        out.push(':');
        write_sorted(entry, out)?;
    }
    out.push('}');
    Ok(())
}

/// Writes JSON with sorted keys and no white space, so that equal content has equal bytes whatever
/// order a reader keeps its keys in. There are no fractions in a quote.
fn write_sorted(value: &Value, out: &mut String) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(fields) => write_object(fields.iter(), out)?,
        Value::Array(entries) => {
            out.push('[');
            for (place, entry) in entries.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_sorted(entry, out)?;
            }
            out.push(']');
        }
        scalar => out.push_str(&serde_json::to_string(scalar)?),
    }
    Ok(())
}
