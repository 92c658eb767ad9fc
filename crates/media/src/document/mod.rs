//! Papers as PDF: the quote, the combined removal-install order, the warranty card.
//!
//! A document is plain data ([`QuotePaper`], [`OrderPaper`], [`CardPaper`]) set into a fixed
//! design. Customer text is data: it cannot break a line it should not, reverse its direction or
//! hide; see `clean`. Fonts are embedded and subset, text stays selectable, and the same data
//! gives the same bytes, so that a document can be hashed and stored.
//!
//! A price paper adds up or is not printed: [`PriceSums::check`].

#![allow(clippy::disallowed_types, reason = "points on paper, never money")]

mod card;
mod clean;
mod flow;
pub(crate) mod font;
mod label;
mod model;
mod order;
mod privacy;
mod quote;
pub(crate) mod shape;
mod sheet;
mod table;
pub(crate) mod wrap;

pub use card::card_paper;
pub use label::Label;
pub use model::{
    CardClock, CardPaper, CardTerm, IfRefused, OrderPaper, OrderState, PaperCustomer, PaperLine,
    PaperSignature, PaperSigner, PaperUnit, PriceLines, PriceSums, QrModules, QuotePaper,
};
pub use order::order_paper;
pub use quote::quote_paper;

use doorstep_domain::words::Words;
use thiserror::Error;

/// Why a document could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// The embedded fonts cannot be read: the program was built wrongly.
    #[error("the embedded fonts cannot be read")]
    Fonts,
    /// The amounts contradict each other; names the sum.
    #[error("the amounts do not add up: {0}")]
    DoesNotAddUp(&'static str),
    /// The QR modules are not a square of a size that exists.
    #[error("{modules} modules are no QR code of {size} × {size}")]
    QrShape {
        /// Modules said to be on a side.
        size: usize,
        /// Modules given.
        modules: usize,
    },
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Writing(String),
}

impl DocumentError {
    /// What to tell the person who asked for the document.
    pub fn words(&self) -> Words {
        match self {
            DocumentError::DoesNotAddUp(_) => Words::new(
                "金额合计不一致，单据没有生成。请重新报价，并把情况告诉总部。",
                "The amounts do not add up, so no document was made. Quote again and tell HQ.",
            ),
            DocumentError::QrShape { .. } => Words::new(
                "保修卡二维码无效，请重新开卡。",
                "The code of the warranty card is not valid. Issue the card again.",
            ),
            DocumentError::Fonts | DocumentError::Writing(_) => Words::new(
                "单据生成失败，数据没有丢失，请重试。",
                "The document could not be made. Nothing is lost; try again.",
            ),
        }
    }
}

#[cfg(test)]
mod tests;
