//! What must be unique about orders, cards and subsidies, and the money of the ledger in fen.

use doorstep_domain::{
    id::{CardId, OrderId, PaymentId, PersonId, QuoteId, WorkOrderId},
    money::Fen,
    time::UtcMs,
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Key, to_u64};
use crate::error::{Result, StoreError};

/// Where an order stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerState {
    /// Executed under a number.
    Executed,
    /// Not executable as signed.
    Refused,
    /// A newer one took its place.
    Replaced,
    /// Cancelled.
    Cancelled,
}

impl LedgerState {
    fn name(self) -> &'static str {
        match self {
            LedgerState::Executed => "executed",
            LedgerState::Refused => "refused",
            LedgerState::Replaced => "replaced",
            LedgerState::Cancelled => "cancelled",
        }
    }

    fn from_name(name: &str) -> Result<LedgerState> {
        [Self::Executed, Self::Refused, Self::Replaced, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| StoreError::unreadable("order state", name))
    }
}

/// The amounts of one order, in fen, as its quote settles them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Cash to collect for certain.
    pub certain: Fen,
    /// Cash to collect if the subsidy is approved.
    pub if_approved: Fen,
    /// Final sale price of the new items.
    pub invoice: Fen,
    /// Estimated government subsidy.
    pub subsidy: Fen,
    /// Fees.
    pub fees: Fen,
    /// Value of the old machines.
    pub old_value: Fen,
    /// Deposits set off.
    pub deposits: Fen,
}

/// One order of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerOrder {
    /// Identity.
    pub id: OrderId,
    /// HQ's number, once executed.
    pub number: Option<String>,
    /// The quote it rests on.
    pub quote: QuoteId,
    /// The quote's content hash.
    pub quote_hash: String,
    /// The work order it came from.
    pub work_order: WorkOrderId,
    /// Its money.
    pub amounts: Amounts,
    /// Where it stands.
    pub state: LedgerState,
    /// The claim as it was filed, JSON of `domain::claim::FileOrder`.
    pub filed: String,
    /// Who filed it.
    pub filed_by: PersonId,
    /// When HQ last decided on it.
    pub decided_at: UtcMs,
}

/// A subsidised piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyUse {
    /// The applicant's token.
    pub applicant: String,
    /// The programme's quota.
    pub quota: String,
    /// The group of articles it counts.
    pub group: String,
    /// The order.
    pub order: OrderId,
    /// The quote's line.
    pub line: String,
    /// Subsidy, in fen.
    pub amount: Fen,
}

const COLUMNS: &str = "id, number, quote, quote_hash, work_order, certain_fen, if_approved_fen, \
     invoice_fen, subsidy_fen, fees_fen, old_value_fen, deposits_fen, state, filed, filed_by, \
     decided_at";

/// Writes an order, new or changed. A second executed order on one quote is refused by the
/// database.
pub fn put(conn: &Connection, order: &LedgerOrder) -> Result<()> {
    let amounts = order.amounts;
    conn.prepare_cached(&format!(
        "INSERT INTO combined_order ({COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (id) DO UPDATE SET number = excluded.number, state = excluded.state,
         decided_at = excluded.decided_at"
    ))?
    .execute(params![
        Key(order.id.0),
        order.number,
        Key(order.quote.0),
        order.quote_hash,
        Key(order.work_order.0),
        amounts.certain.0,
        amounts.if_approved.0,
        amounts.invoice.0,
        amounts.subsidy.0,
        amounts.fees.0,
        amounts.old_value.0,
        amounts.deposits.0,
        order.state.name(),
        order.filed,
        Key(order.filed_by.0),
        order.decided_at.0,
    ])?;
    Ok(())
}

/// One order.
pub fn get(conn: &Connection, id: OrderId) -> Result<Option<LedgerOrder>> {
    Ok(select(conn, "id = ?1", Key(id.0))?.into_iter().next())
}

/// The executed order on a quote.
pub fn executed_on(conn: &Connection, quote: QuoteId) -> Result<Option<LedgerOrder>> {
    Ok(select(conn, "quote = ?1 AND state = 'executed'", Key(quote.0))?.into_iter().next())
}

/// Every order of a work order, by identity.
pub fn of_work_order(conn: &Connection, work_order: WorkOrderId) -> Result<Vec<LedgerOrder>> {
    select(conn, "work_order = ?1", Key(work_order.0))
}

fn select(conn: &Connection, condition: &str, key: Key) -> Result<Vec<LedgerOrder>> {
    let sql = format!("SELECT {COLUMNS} FROM combined_order WHERE {condition} ORDER BY id");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([key], |row| {
        let state: String = row.get(12)?;
        let order = LedgerOrder {
            id: OrderId(row.get::<_, Key>(0)?.0),
            number: row.get(1)?,
            quote: QuoteId(row.get::<_, Key>(2)?.0),
            quote_hash: row.get(3)?,
            work_order: WorkOrderId(row.get::<_, Key>(4)?.0),
            amounts: Amounts {
                certain: Fen(row.get(5)?),
                if_approved: Fen(row.get(6)?),
                invoice: Fen(row.get(7)?),
                subsidy: Fen(row.get(8)?),
                fees: Fen(row.get(9)?),
                old_value: Fen(row.get(10)?),
                deposits: Fen(row.get(11)?),
            },
            state: LedgerState::Executed,
            filed: row.get(13)?,
            filed_by: PersonId(row.get::<_, Key>(14)?.0),
            decided_at: UtcMs(row.get(15)?),
        };
        Ok((state, order))
    })?;
    rows.map(|row| {
        let (state, order) = row?;
        Ok(LedgerOrder { state: LedgerState::from_name(&state)?, ..order })
    })
    .collect()
}

/// Counts one subsidised piece.
pub fn add_subsidy_use(conn: &Connection, used: &SubsidyUse) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO subsidy_use (applicant, quota, grouping, order_id, line, amount_fen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        used.applicant,
        used.quota,
        used.group,
        Key(used.order.0),
        used.line,
        used.amount.0
    ])?;
    Ok(())
}

/// What an applicant has had, as `(quota, group, pieces, fen)`.
pub fn subsidy_uses(conn: &Connection, applicant: &str) -> Result<Vec<(String, String, u32, Fen)>> {
    let mut statement = conn.prepare_cached(
        "SELECT quota, grouping, count(*), sum(amount_fen) FROM subsidy_use
         WHERE applicant = ?1 GROUP BY quota, grouping ORDER BY quota, grouping",
    )?;
    let rows = statement.query_map([applicant], |row| {
        let pieces: i64 = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, u32::try_from(pieces).unwrap_or(u32::MAX), Fen(row.get(3)?)))
    })?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// Gives back the pieces of an order that will not be carried out: none was approved.
pub fn release_subsidies(conn: &Connection, order: OrderId) -> Result<()> {
    conn.prepare_cached("DELETE FROM subsidy_use WHERE order_id = ?1")?.execute([Key(order.0)])?;
    Ok(())
}

/// Claims a serial for a card; the card that has it when that is another.
pub fn claim_serial(conn: &Connection, serial: &str, card: CardId) -> Result<Option<CardId>> {
    conn.prepare_cached("INSERT OR IGNORE INTO card_serial (serial, card) VALUES (?1, ?2)")?
        .execute(params![serial, Key(card.0)])?;
    let holder: Key = conn
        .prepare_cached("SELECT card FROM card_serial WHERE serial = ?1")?
        .query_row([serial], |row| row.get(0))?;
    Ok((holder.0 != card.0).then_some(CardId(holder.0)))
}

/// Frees the serials of a card that was made void.
pub fn free_serials(conn: &Connection, card: CardId) -> Result<()> {
    conn.prepare_cached("DELETE FROM card_serial WHERE card = ?1")?.execute([Key(card.0)])?;
    Ok(())
}

/// Writes a payment; `false` when its identity is taken.
pub fn add_payment(
    conn: &Connection,
    id: PaymentId,
    order: Option<OrderId>,
    amount: Fen,
    body: &str,
) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT OR IGNORE INTO payment (id, order_id, amount_fen, body) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![Key(id.0), order.map(|order| Key(order.0)), amount.0, body])?;
    Ok(added > 0)
}

/// Orders of the ledger that break a money identity: invoice total = customer consideration +
/// subsidy, cash to collect = consideration + fees − old value − deposits, on both totals.
pub fn broken_identities(conn: &Connection) -> Result<Vec<Uuid>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM combined_order
         WHERE certain_fen <> invoice_fen + fees_fen - old_value_fen - deposits_fen
            OR if_approved_fen <> certain_fen - subsidy_fen ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| Ok(row.get::<_, Key>(0)?.0))?;
    rows.map(|row| row.map_err(StoreError::from)).collect()
}

/// How many orders stand executed.
pub fn executed_count(conn: &Connection) -> Result<u64> {
    let count: i64 = conn.query_row(
        "SELECT count(*) FROM combined_order WHERE state = 'executed'",
        [],
        |row| row.get(0),
    )?;
    Ok(to_u64(count))
}
