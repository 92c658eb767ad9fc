//! What a page of news is made of.

use doorstep_domain::facts::DocKind;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::short_row;

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Travelled")]
pub enum FeedItem {
    /// An authoritative row of HQ.
    Row {
        /// What it is: visit, order, card, task, bundle…
        kind: String,
        /// Its identity.
        id: Uuid,
        /// Rises with each change of the row.
        version: u64,
        /// The row as JSON.
        body: String,
    },
    /// Changes of a document, or all of it.
    Doc {
        /// The document.
        id: Uuid,
        /// Its kind.
        kind: DocKind,
        /// automerge bytes: changes, or a whole snapshot.
        bytes: ByteBuf,
        /// HQ's heads with these bytes, 32 bytes each.
        heads: ByteBuf,
    },
    /// The device may no longer hold this; it is to be removed.
    Gone {
        /// `row kind` or document kind.
        kind: String,
        /// Its identity.
        id: Uuid,
    },
}

/// A [`FeedItem`] as it came, its row perhaps a short one.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Travelled {
    Row { kind: String, id: Uuid, version: u64, body: String },
    Doc { id: Uuid, kind: DocKind, bytes: ByteBuf, heads: ByteBuf },
    Gone { kind: String, id: Uuid },
}

impl From<Travelled> for FeedItem {
    fn from(came: Travelled) -> FeedItem {
        match came {
            Travelled::Row { kind, id, version, body } => {
                FeedItem::Row { kind, id, version, body: short_row::lengthen(id, body) }
            }
            Travelled::Doc { id, kind, bytes, heads } => FeedItem::Doc { id, kind, bytes, heads },
            Travelled::Gone { kind, id } => FeedItem::Gone { kind, id },
        }
    }
}
