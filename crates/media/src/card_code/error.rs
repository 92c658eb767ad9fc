//! Why a card code is not believed, or cannot be made.

use doorstep_domain::trust::{Kid, TrustError};
use doorstep_domain::words::Words;
use thiserror::Error;

/// Why a card code is not believed, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardCodeError {
    /// The text does not begin as a card code does.
    #[error("not a card code of this product")]
    NotOurs,
    /// It begins as one, but the rest cannot be read.
    #[error("the card code is damaged")]
    Damaged,
    /// Made by a newer version of the product.
    #[error("card code version {0} is not known")]
    UnknownVersion(u8),
    /// The key list on this device does not hold the key.
    #[error("key {0} is not in the key list")]
    UnknownKey(Kid),
    /// The key was withdrawn.
    #[error("key {0} has been revoked")]
    RevokedKey(Kid),
    /// The card was issued before or after the key was valid.
    #[error("key {0} was not valid when the card was issued")]
    OutsideValidity(Kid),
    /// The key may not sign this kind of card.
    #[error("key {0} may not sign this kind of card")]
    WrongUse(Kid),
    /// The key list names the key but its entry cannot be used.
    #[error("key {0} in the key list is unreadable")]
    UnreadableKey(Kid),
    /// Content and signature do not belong together.
    #[error("the card code has been altered")]
    Altered,
    /// More content than fits QR version 8 at level M. The number counts the bytes to be held.
    #[error("{bytes} bytes do not fit the QR code of a card")]
    TooLarge {
        /// Bytes of content.
        bytes: usize,
    },
    /// A field that a card code cannot carry, named as in `CardFields`.
    #[error("{0} cannot be put into a card code")]
    Field(&'static str),
    /// The picture could not be made.
    #[error("the picture of the code could not be made")]
    Picture,
}

impl CardCodeError {
    pub(super) fn of_key(error: TrustError, kid: Kid) -> CardCodeError {
        match error {
            TrustError::UnknownKey(kid) => CardCodeError::UnknownKey(kid),
            TrustError::RevokedKey(kid) => CardCodeError::RevokedKey(kid),
            TrustError::OutsideValidity(kid) => CardCodeError::OutsideValidity(kid),
            TrustError::WrongUse(kid) => CardCodeError::WrongUse(kid),
            TrustError::BadSignature => CardCodeError::Altered,
            TrustError::Unreadable(_) | TrustError::RolledBack { .. } => {
                CardCodeError::UnreadableKey(kid)
            }
        }
    }

    /// The code that crosses to screens.
    pub fn code(&self) -> &'static str {
        match self {
            CardCodeError::NotOurs => "card_not_ours",
            CardCodeError::Damaged => "card_damaged",
            CardCodeError::UnknownVersion(_) => "card_unknown_version",
            CardCodeError::UnknownKey(_) => "card_unknown_key",
            CardCodeError::RevokedKey(_) => "card_revoked_key",
            CardCodeError::OutsideValidity(_) => "card_outside_validity",
            CardCodeError::WrongUse(_) => "card_wrong_use",
            CardCodeError::UnreadableKey(_) => "card_unreadable_key",
            CardCodeError::Altered => "card_altered",
            CardCodeError::TooLarge { .. } => "card_too_large",
            CardCodeError::Field(_) => "card_field",
            CardCodeError::Picture => "card_picture",
        }
    }

    /// What a person reads.
    pub fn words(&self) -> Words {
        match self {
            CardCodeError::NotOurs => {
                Words::new("这不是本系统的保修卡", "This is not a warranty card of this system.")
            }
            CardCodeError::Damaged => Words::new(
                "保修卡二维码不完整，请重新扫描",
                "The code of the warranty card is incomplete. Scan it again.",
            ),
            CardCodeError::UnknownVersion(version) => Words::new(
                format!("保修卡版本 {version} 较新，请先更新应用再核验"),
                format!(
                    "This card has the newer version {version}. Update the app, then check it."
                ),
            ),
            CardCodeError::UnknownKey(kid) => Words::new(
                format!("本机没有签发密钥 {kid}，联网同步后再核验；未核验前不能认定真伪"),
                format!(
                    "This device does not know key {kid}. Sync and check again; until then the card is not proved."
                ),
            ),
            CardCodeError::RevokedKey(kid) => Words::new(
                format!("签发密钥 {kid} 已吊销，此卡不可信，请联系总部"),
                format!("Key {kid} has been revoked. Do not trust this card; ask head office."),
            ),
            CardCodeError::OutsideValidity(kid) => Words::new(
                format!("开卡时间不在密钥 {kid} 的有效期内，此卡不可信"),
                format!("The card was issued when key {kid} was not valid. Do not trust it."),
            ),
            CardCodeError::WrongUse(kid) => Words::new(
                format!("密钥 {kid} 无权签发此类保修卡，此卡不可信"),
                format!("Key {kid} may not sign this kind of card. Do not trust it."),
            ),
            CardCodeError::UnreadableKey(kid) => Words::new(
                format!("本机密钥表中的密钥 {kid} 无法读取，请重新同步"),
                format!("Key {kid} on this device cannot be read. Sync again."),
            ),
            CardCodeError::Altered => Words::new(
                "签名不符：卡上内容被改动，或不是由该密钥签发",
                "The signature does not match: the card was altered, or this key did not sign it.",
            ),
            CardCodeError::TooLarge { bytes } => Words::new(
                format!("保修卡内容 {bytes} 字节，二维码放不下，请减少机身码或缩短型号"),
                format!(
                    "The card has {bytes} bytes, too many for its code. Use fewer serial numbers or a shorter model."
                ),
            ),
            CardCodeError::Field(field) => Words::new(
                format!("保修卡字段 {field} 不合要求，无法生成二维码"),
                format!("The field {field} cannot be put into the code of a card."),
            ),
            CardCodeError::Picture => {
                Words::new("二维码图片生成失败", "The picture of the code could not be made.")
            }
        }
    }
}
