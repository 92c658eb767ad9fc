//! A store's customers by phone number.

use doorstep_domain::id::{CustomerId, OrgId};
use rusqlite::{Connection, OptionalExtension, params};

use super::Key;
use crate::error::Result;

/// Makes `phones` (digits only) exactly the numbers under which a store finds the customer.
pub fn set_phones(
    conn: &Connection,
    store: OrgId,
    customer: CustomerId,
    phones: &[String],
) -> Result<()> {
    conn.prepare_cached("DELETE FROM customer_phone WHERE customer = ?1")?
        .execute([Key(customer.0)])?;
    for phone in phones.iter().filter(|phone| !phone.is_empty()) {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO customer_phone (store, phone, customer) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![Key(store.0), phone, Key(customer.0)])?;
    }
    Ok(())
}

/// The store's customer with this number (digits only); the first by identity if several share it.
pub fn by_phone(conn: &Connection, store: OrgId, phone: &str) -> Result<Option<CustomerId>> {
    Ok(conn
        .prepare_cached(
            "SELECT customer FROM customer_phone WHERE store = ?1 AND phone = ?2
             ORDER BY customer LIMIT 1",
        )?
        .query_row(params![Key(store.0), phone], |row| row.get::<_, Key>(0))
        .optional()?
        .map(|key| CustomerId(key.0)))
}
