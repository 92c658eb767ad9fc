//! The bytes of a card code.
//!
//! | bytes | field |
//! |---|---|
//! | 1 | version, 1 |
//! | 2 | kid, big-endian as all numbers |
//! | 16 | card id |
//! | 1 | flags: 1 provisional, 2 commercial, 4 GTIN, 8 model, 16 install date |
//! | 4 | issued at, seconds since 1970-01-01 UTC |
//! | 2 | invoice date, days since 2000-01-01 |
//! | 2 | install date, likewise; only with its flag |
//! | 1 | months covered, whole unit |
//! | 1 | months covered, main parts |
//! | 6 | GTIN as a number; only with its flag |
//! | n | model, packed; only with its flag |
//! | n | serial numbers, packed, to the end |
//! | 64 | ed25519 signature over the prefix and all of the above |

use doorstep_domain::id::CardId;
use doorstep_domain::time::{Date, UtcMs};
use doorstep_domain::trust::Kid;
use uuid::Uuid;

use super::{CardCodeError, CardFields, CardProduct, packed};

pub(super) const VERSION: u8 = 1;
pub(super) const SIGNATURE_BYTES: usize = 64;
/// 2000-01-01, from which dates count: 16 bits reach the year 2179.
const EPOCH_DAY: i64 = 10_957;

const PROVISIONAL: u8 = 1;
const COMMERCIAL: u8 = 2;
const GTIN: u8 = 4;
const MODEL: u8 = 8;
const INSTALLED: u8 = 16;

/// The signed part.
pub(super) fn write(card: &CardFields) -> Result<Vec<u8>, CardCodeError> {
    let mut out = vec![VERSION];
    out.extend(card.kid.to_be_bytes());
    out.extend(card.card.0.as_bytes());
    out.push(flags(card));
    let seconds = u32::try_from(card.issued_at.0.div_euclid(1000));
    out.extend(seconds.map_err(|_| CardCodeError::Field("issued_at"))?.to_be_bytes());
    out.extend(day(card.invoice_date, "invoice_date")?);
    if let Some(date) = card.install_date {
        out.extend(day(date, "install_date")?);
    }
    out.push(card.whole_months);
    out.push(card.main_parts_months);
    match &card.product {
        CardProduct::Gtin(gtin) => {
            let number = crate::label::gtin::gtin14(gtin).and_then(|g| g.parse::<u64>().ok());
            let number = number.ok_or(CardCodeError::Field("gtin"))?;
            out.extend(number.to_be_bytes().iter().skip(2));
        }
        CardProduct::Model(model) => {
            packed::put(&mut out, model).ok_or(CardCodeError::Field("model"))?;
        }
        CardProduct::Unstated => {}
    }
    if card.serials.is_empty() {
        return Err(CardCodeError::Field("serials"));
    }
    for serial in &card.serials {
        packed::put(&mut out, serial).ok_or(CardCodeError::Field("serials"))?;
    }
    Ok(out)
}

fn flags(card: &CardFields) -> u8 {
    let mut flags = 0;
    flags |= if card.provisional { PROVISIONAL } else { 0 };
    flags |= if card.commercial { COMMERCIAL } else { 0 };
    flags |= match card.product {
        CardProduct::Gtin(_) => GTIN,
        CardProduct::Model(_) => MODEL,
        CardProduct::Unstated => 0,
    };
    flags | if card.install_date.is_some() { INSTALLED } else { 0 }
}

fn day(date: Date, field: &'static str) -> Result<[u8; 2], CardCodeError> {
    // Noon, so that the day is the same in Shanghai and in UTC.
    let noon = UtcMs::shanghai_midnight(date).plus_ms(UtcMs::DAY / 2);
    let days = u16::try_from(noon.0.div_euclid(UtcMs::DAY) - EPOCH_DAY);
    Ok(days.map_err(|_| CardCodeError::Field(field))?.to_be_bytes())
}

/// Reads the signed part. Whatever [`write()`] would not have written so is damaged.
pub(super) fn read(bytes: &[u8]) -> Result<CardFields, CardCodeError> {
    let mut rest = bytes;
    match take::<1>(&mut rest) {
        Some([VERSION]) => {}
        Some([other]) => return Err(CardCodeError::UnknownVersion(other)),
        None => return Err(CardCodeError::Damaged),
    }
    let card = fields(&mut rest).ok_or(CardCodeError::Damaged)?;
    match write(&card) {
        Ok(again) if again == bytes => Ok(card),
        _ => Err(CardCodeError::Damaged),
    }
}

fn fields(rest: &mut &[u8]) -> Option<CardFields> {
    let kid = Kid::from_be_bytes(take(rest)?);
    let card = CardId(Uuid::from_bytes(take(rest)?));
    let [flags] = take(rest)?;
    let issued_at = UtcMs(i64::from(u32::from_be_bytes(take(rest)?)) * 1000);
    let invoice_date = date(take(rest)?);
    let install_date = if flags & INSTALLED != 0 { Some(date(take(rest)?)) } else { None };
    let [whole_months] = take(rest)?;
    let [main_parts_months] = take(rest)?;
    let product = match flags & (GTIN | MODEL) {
        0 => CardProduct::Unstated,
        GTIN => {
            let [a, b, c, d, e, f] = take(rest)?;
            CardProduct::Gtin(format!("{:014}", u64::from_be_bytes([0, 0, a, b, c, d, e, f])))
        }
        MODEL => CardProduct::Model(packed::take(rest)?),
        _ => return None,
    };
    let mut serials = Vec::new();
    while !rest.is_empty() {
        serials.push(packed::take(rest)?);
    }
    Some(CardFields {
        kid,
        card,
        product,
        serials,
        invoice_date,
        install_date,
        whole_months,
        main_parts_months,
        provisional: flags & PROVISIONAL != 0,
        commercial: flags & COMMERCIAL != 0,
        issued_at,
    })
}

fn date(bytes: [u8; 2]) -> Date {
    let days = i64::from(u16::from_be_bytes(bytes)) + EPOCH_DAY;
    UtcMs(days * UtcMs::DAY).shanghai_day()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}
