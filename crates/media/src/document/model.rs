//! What a document says, as plain data. Free text comes already in the customer's language.

use doorstep_domain::money::Fen;
use doorstep_domain::words::Language;
use serde::{Deserialize, Serialize};

use super::DocumentError;

/// One line of a price table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    /// What it is for.
    pub label: String,
    /// Why it is so: the rule, the deduction's finding, the reason a fee is not charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it adds to what the customer pays, in fen; negative amounts reduce it.
    pub amount: Fen,
    /// Shown struck through and not counted.
    #[serde(default)]
    pub struck: bool,
}

/// The lines of a price by group, each amount as its effect on what the customer pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLines {
    /// New items at list price.
    pub new: Vec<PaperLine>,
    /// Discounts, negative.
    #[serde(default)]
    pub discounts: Vec<PaperLine>,
    /// Government subsidies as estimated, negative; not part of the certain total.
    #[serde(default)]
    pub subsidy: Vec<PaperLine>,
    /// The old machine: its value negative, each deduction from it positive.
    #[serde(default)]
    pub old_machine: Vec<PaperLine>,
    /// Service fees.
    #[serde(default)]
    pub fees: Vec<PaperLine>,
    /// Deposits taken (positive) and returned (negative).
    #[serde(default)]
    pub deposits: Vec<PaperLine>,
}

/// What the groups of a price come to, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSums {
    /// New items at list price.
    pub list: Fen,
    /// Discounts, negative.
    pub discounts: Fen,
    /// The invoice total: list price and discounts.
    pub final_price: Fen,
    /// Estimated subsidy, negative; zero where none is in question.
    pub subsidy: Fen,
    /// Old-machine value after deductions, negative where it reduces the payment.
    pub old_machine: Fen,
    /// Service fees charged.
    pub fees: Fen,
    /// Deposits taken and returned.
    pub deposits: Fen,
    /// What is certain to pay: final price, old machine, fees and deposits.
    pub certain: Fen,
    /// What is to pay if the subsidy is approved.
    pub if_approved: Fen,
}

impl PriceSums {
    /// Checks that the sums follow from each other.
    ///
    /// # Errors
    /// [`DocumentError::DoesNotAddUp`] names the sum that does not: such a paper is never printed.
    pub fn check(&self) -> Result<(), DocumentError> {
        let equal = |sum: &'static str, parts: &[Fen], given: Fen| {
            (Fen::sum(parts.iter().copied()) == Some(given))
                .then_some(())
                .ok_or(DocumentError::DoesNotAddUp(sum))
        };
        equal("final_price", &[self.list, self.discounts], self.final_price)?;
        equal(
            "certain",
            &[self.final_price, self.old_machine, self.fees, self.deposits],
            self.certain,
        )?;
        equal("if_approved", &[self.certain, self.subsidy], self.if_approved)
    }
}

impl PriceLines {
    /// What the lines come to; struck lines do not count.
    ///
    /// # Errors
    /// [`DocumentError::DoesNotAddUp`] when a sum does not fit.
    pub fn sums(&self) -> Result<PriceSums, DocumentError> {
        let sum = |name: &'static str, lines: &[PaperLine]| {
            Fen::sum(lines.iter().filter(|line| !line.struck).map(|line| line.amount))
                .ok_or(DocumentError::DoesNotAddUp(name))
        };
        let mut sums = PriceSums {
            list: sum("list", &self.new)?,
            discounts: sum("discounts", &self.discounts)?,
            subsidy: sum("subsidy", &self.subsidy)?,
            old_machine: sum("old_machine", &self.old_machine)?,
            fees: sum("fees", &self.fees)?,
            deposits: sum("deposits", &self.deposits)?,
            ..PriceSums::default()
        };
        let add = |name: &'static str, parts: &[Fen]| {
            Fen::sum(parts.iter().copied()).ok_or(DocumentError::DoesNotAddUp(name))
        };
        sums.final_price = add("final_price", &[sums.list, sums.discounts])?;
        sums.certain =
            add("certain", &[sums.final_price, sums.old_machine, sums.fees, sums.deposits])?;
        sums.if_approved = add("if_approved", &[sums.certain, sums.subsidy])?;
        Ok(sums)
    }
}

/// The customer as a document names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCustomer {
    /// Full name.
    pub name: String,
    /// Telephone number; documents print it masked whatever comes in.
    pub phone: String,
    /// Address of the visit.
    #[serde(default)]
    pub address: String,
}

/// A machine as a document names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperUnit {
    /// Category, brand and size in words.
    pub description: String,
    /// Maker's model.
    #[serde(default)]
    pub model: String,
    /// Serial numbers of its components, in order.
    #[serde(default)]
    pub serials: Vec<String>,
    /// Age and condition in words, for an old machine.
    #[serde(default)]
    pub condition: String,
}

/// A quote on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePaper {
    /// The language of the labels.
    pub language: Language,
    /// Whether the figures are sample data, which is then marked on each page.
    pub sample: bool,
    /// Who makes the offer.
    pub issuer: String,
    /// The quote's identity.
    pub quote_id: String,
    /// The quote's content hash, hex; its last digits are printed.
    pub content_hash: String,
    /// When it was made, Asia/Shanghai.
    pub made_at: String,
    /// Until when it binds, Asia/Shanghai.
    pub valid_until: String,
    /// Whom it is for.
    pub customer: PaperCustomer,
    /// The machine traded in, if any.
    #[serde(default)]
    pub old_unit: Option<PaperUnit>,
    /// The lines.
    pub lines: PriceLines,
    /// What the quote engine says they come to; must equal the sum of the lines.
    pub sums: PriceSums,
    /// Refusals in words, a doubtful clock, conditions.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// What is reserved until when, and what HQ must confirm, one sentence each.
    #[serde(default)]
    pub reservations: Vec<String>,
    /// The rules applied, with their sources.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The bundles priced with, name and version.
    #[serde(default)]
    pub bundles: Vec<String>,
}

/// Where an order stands with HQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Filed on the tablet, not yet known to HQ.
    AwaitingHq,
    /// Registered under HQ's number.
    Registered {
        /// HQ's order number.
        order_number: String,
    },
}

/// What the customer chose for the case that the subsidy is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfRefused {
    /// Go on and pay the certain total.
    GoOnWithout,
    /// Cancel free of charge.
    CancelFree,
}

/// A signature as the pen drew it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSignature {
    /// Width of the pad, in the unit of the points.
    pub width: i32,
    /// Height of the pad.
    pub height: i32,
    /// Each stroke as its points, x to the right and y down.
    pub strokes: Vec<Vec<(i32, i32)>>,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSigner {
    /// The name typed.
    pub name: String,
    /// Relation to the customer, in words.
    pub relation: String,
    /// When, Asia/Shanghai.
    pub signed_at: String,
    /// The pen strokes.
    pub signature: PaperSignature,
}

/// A combined removal-install order on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPaper {
    /// The language of the labels.
    pub language: Language,
    /// Whether the figures are sample data.
    pub sample: bool,
    /// Who takes the order.
    pub issuer: String,
    /// The number the customer keeps.
    pub receipt_number: String,
    /// Where it stands with HQ.
    pub state: OrderState,
    /// The quote it accepts.
    pub quote_id: String,
    /// That quote's content hash, hex.
    pub content_hash: String,
    /// Who orders.
    pub customer: PaperCustomer,
    /// The machine taken away, if any.
    #[serde(default)]
    pub old_unit: Option<PaperUnit>,
    /// The machines delivered.
    pub new_units: Vec<PaperUnit>,
    /// How the old one leaves, in words.
    pub removal_mode: String,
    /// When the crew comes, in words.
    pub slot: String,
    /// What is reserved until when, and what HQ must confirm, one sentence each.
    #[serde(default)]
    pub reservations: Vec<String>,
    /// The signed amounts.
    pub sums: PriceSums,
    /// The sentence that binds.
    pub binding: String,
    /// The customer's choice; absent where no subsidy is in question.
    #[serde(default)]
    pub if_refused: Option<IfRefused>,
    /// Who signed; absent when the customer would not sign.
    #[serde(default)]
    pub signer: Option<PaperSigner>,
}

/// A QR code as modules; made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrModules {
    /// Modules on a side, without the quiet zone.
    pub size: usize,
    /// Row by row, true where dark; `size × size` of them.
    pub dark: Vec<bool>,
}

/// One term of a warranty card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardTerm {
    /// What is covered.
    pub part: String,
    /// For how long.
    pub term: String,
    /// Last day.
    pub until: String,
}

/// A stretch of time on a card, with the event that starts it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardClock {
    /// The day and the event it starts with.
    pub starts: String,
    /// How long it runs.
    pub term: String,
    /// Last day.
    pub until: String,
}

/// A warranty card on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPaper {
    /// The language of the labels.
    pub language: Language,
    /// Whether the figures are sample data.
    pub sample: bool,
    /// Who issued it.
    pub issuer: String,
    /// The card's number.
    pub card_id: String,
    /// Issued without a network and not yet registered by HQ.
    pub provisional: bool,
    /// The signed code.
    pub qr: QrModules,
    /// The machine with the serials of its components.
    pub machine: PaperUnit,
    /// GTIN of the product.
    #[serde(default)]
    pub product_code: String,
    /// Whose it is.
    pub customer: PaperCustomer,
    /// Invoice number.
    #[serde(default)]
    pub invoice: String,
    /// The warranty, from the invoice date.
    pub warranty: CardClock,
    /// The safe service life, from the first installation.
    pub safe_life: CardClock,
    /// The terms.
    pub terms: Vec<CardTerm>,
    /// Further notes.
    #[serde(default)]
    pub notes: Vec<String>,
}
