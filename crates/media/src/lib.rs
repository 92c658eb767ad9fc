//! Bytes people look at, as pure functions: photos, labels, documents.

pub mod card_code;
pub mod document;
pub mod label;
pub mod photo;
