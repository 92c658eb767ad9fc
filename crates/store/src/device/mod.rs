//! The tablet's database, function by function.
//!
//! Reads take a connection, writes take a transaction: the caller decides what belongs together,
//! and one user edit is one transaction over change, projection and outbox.

mod batch;
mod documents;
mod drafts;
mod feed;
mod held;
mod leave;
mod media;
mod offers;
mod outbox;
mod projection;
mod reference;
mod rows;
mod searching;
mod settings;

pub use batch::{
    DocumentRefusal, SealedBatch, Settlement, fold_back, put_batch, sealed_batch, settle,
};
pub use documents::{
    LocalEdit, StoredDocument, ToldDocument, document_heads, forget_document, holds_document,
    is_to_be_folded, load_document, record_edit, replace_document, told_documents,
    unsettled_documents,
};
pub use drafts::{
    add_stroke, clear_strokes, draft, drafts, put_draft, quote, quotes_of, remove_draft,
    save_quote, strokes,
};
pub use feed::{FeedEntry, apply_feed, forget_feed};
pub use held::{
    HeldItem, count_held, forget_row, held, held_in, note_bundle, recount_held, tell_document,
};
pub use media::{
    Medium, UNSENT_MEDIA_SQL, media_files, media_of, media_waiting, medium, note_location,
    note_progress, note_received, purge_received, put_medium, read_medium, waiting_counts,
};
pub use offers::{
    Offer, add_offer, begin_offer, begin_offers, end_offer, offers_open, open_offer, open_offers,
};
pub use outbox::{
    CommandRecord, EditRecord, UNDECIDED_COMMANDS_SQL, UNSETTLED_EDITS_SQL, WaitingCounts,
    add_command, command, commands_about, commands_of_kind, dismiss_command, dismiss_edit,
    drop_edits, edit_standings, edits_about, edits_of, latest_commands, make_stale, next_unsent,
    open_commands, read_command, read_edit, refused_edits, restore_edit, retry_edit,
    stale_documents, stale_edits, undecided_commands, unsettled_edits, waiting,
};
pub use projection::{AgendaRow, Unreadable, agenda, agenda_days, digest, linked, rebuild};
pub use reference::{BundleRecord, bundle, bundles, put_bundle};
pub use rows::{Row, row, rows_of_kind};
pub use searching::{index_due, search_is_due};
pub use settings::{put_setting, remove_setting, setting};

use crate::open::{Migration, Schema};

/// The schema of a device database: plain SQL steps, never edited once released. The application
/// id spells "DsTb".
pub const SCHEMA: Schema<'static> = Schema {
    application_id: 0x4473_5462,
    migrations: &[
        Migration {
            number: 1,
            name: "0001_device",
            sql: include_str!("../../../../migrations/device/0001_device.sql"),
        },
        Migration {
            number: 2,
            name: "0002_search",
            sql: include_str!("../../../../migrations/device/0002_search.sql"),
        },
        Migration {
            number: 3,
            name: "0003_search_due",
            sql: include_str!("../../../../migrations/device/0003_search_due.sql"),
        },
    ],
};
