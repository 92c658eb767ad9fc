//! HQ's ledger: people and devices, documents, authoritative rows and the feed of both, decided
//! claims, orders, pools and leases, bundles and uploads.
//!
//! Plain functions over a connection; whoever calls them opens the transaction, so that everything
//! one batch causes is committed together. Whatever must be unique (a claim's key, a quote's
//! executed order, a card's serial) is unique by constraint, not by looking first.

pub mod bundles;
pub mod chain;
pub mod commands;
pub mod customers;
pub mod documents;
pub mod feed;
pub mod held;
pub mod leases;
pub mod loaners;
pub mod orders;
pub mod people;
pub mod rows;
pub mod settings;
pub mod uploads;
pub mod visits;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    open::{Migration, Schema},
};

/// HQ's database: `DSHQ` as SQLite's application id, and every step to its newest form.
pub const SCHEMA: Schema<'static> = Schema {
    application_id: 0x4453_4851,
    migrations: &[Migration {
        number: 1,
        name: "hq",
        sql: include_str!("../../../../migrations/hq/0001_hq.sql"),
    }],
};

/// An identity as the 16 bytes the ledger stores.
struct Key(Uuid);

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        Uuid::from_slice(bytes).map(Key).map_err(|_| FromSqlError::InvalidType)
    }
}

fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::unreadable(what, e))
}

fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::unreadable(what, e))
}

fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn to_u64(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
