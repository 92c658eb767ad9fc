//! Who there is: the tree of units, staff, their devices and the codes that enrol them.

use doorstep_domain::{
    id::{DeviceId, PersonId},
    org::{OrgTree, OrgUnit, Person},
    time::UtcMs,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Key, from_json, to_json};
use crate::error::{Result, StoreError};

/// A device as HQ enrolled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The identity it gave itself.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// ed25519 public key, 64 hex digits.
    pub public_key: String,
    /// A name people recognise it by.
    pub name: String,
    /// When HQ withdrew it.
    pub revoked_at: Option<UtcMs>,
    /// When it last spoke to HQ.
    pub last_seen: Option<UtcMs>,
}

/// What became of an enrolment code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It was good; it is used up now.
    For(PersonId),
    /// Unknown, used or expired; which of them is nobody's business.
    Invalid,
}

/// Writes a unit of the organisation.
pub fn put_unit(conn: &Connection, unit: &OrgUnit) -> Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO org_unit (id, body) VALUES (?1, ?2)")?
        .execute(params![Key(unit.id.0), to_json("unit", unit)?])?;
    Ok(())
}

/// Every unit, by identity.
pub fn units(conn: &Connection) -> Result<Vec<OrgUnit>> {
    bodies(conn, "SELECT body FROM org_unit ORDER BY id")?
        .iter()
        .map(|body| from_json("unit", body))
        .collect()
}

/// The organisation.
pub fn tree(conn: &Connection) -> Result<OrgTree> {
    OrgTree::new(units(conn)?).map_err(|e| StoreError::unreadable("organisation", e))
}

/// Writes a member of staff.
pub fn put_person(conn: &Connection, person: &Person) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO person (id, body) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )?
    .execute(params![Key(person.id.0), to_json("person", person)?])?;
    Ok(())
}

/// One member of staff.
pub fn person(conn: &Connection, id: PersonId) -> Result<Option<Person>> {
    conn.prepare_cached("SELECT body FROM person WHERE id = ?1")?
        .query_row([Key(id.0)], |row| row.get::<_, String>(0))
        .optional()?
        .map(|body| from_json("person", &body))
        .transpose()
}

/// All staff, by identity.
pub fn persons(conn: &Connection) -> Result<Vec<Person>> {
    bodies(conn, "SELECT body FROM person ORDER BY id")?
        .iter()
        .map(|body| from_json("person", body))
        .collect()
}

fn bodies(conn: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.map(|body| body.map_err(StoreError::from)).collect()
}

/// Keeps the hash of a new one-time code.
pub fn add_enrolment(
    conn: &Connection,
    code_hash: &str,
    person: PersonId,
    expires_at: UtcMs,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO enrolment (code_hash, person, expires_at) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![code_hash, Key(person.0), expires_at.0])?;
    Ok(())
}

/// Uses a code up. Two devices that present the same code at once cannot both win: the row changes
/// once.
pub fn redeem(conn: &Connection, code_hash: &str, now: UtcMs) -> Result<Redeemed> {
    let person: Option<Key> = conn
        .prepare_cached(
            "UPDATE enrolment SET used_at = ?2
             WHERE code_hash = ?1 AND used_at IS NULL AND expires_at > ?2 RETURNING person",
        )?
        .query_row(params![code_hash, now.0], |row| row.get(0))
        .optional()?;
    Ok(person.map_or(Redeemed::Invalid, |key| Redeemed::For(PersonId(key.0))))
}

/// Writes a newly enrolled device; an identity already taken is refused by the database.
pub fn add_device(conn: &Connection, device: &Device, now: UtcMs) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO device (id, person, public_key, name, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        Key(device.id.0),
        Key(device.person.0),
        device.public_key,
        device.name,
        now.0
    ])?;
    Ok(())
}

/// One device.
pub fn device(conn: &Connection, id: DeviceId) -> Result<Option<Device>> {
    Ok(conn
        .prepare_cached(
            "SELECT person, public_key, name, revoked_at, last_seen FROM device WHERE id = ?1",
        )?
        .query_row([Key(id.0)], |row| {
            Ok(Device {
                id,
                person: PersonId(row.get::<_, Key>(0)?.0),
                public_key: row.get(1)?,
                name: row.get(2)?,
                revoked_at: row.get::<_, Option<i64>>(3)?.map(UtcMs),
                last_seen: row.get::<_, Option<i64>>(4)?.map(UtcMs),
            })
        })
        .optional()?)
}

/// Withdraws a device; `false` when there is none.
pub fn revoke_device(conn: &Connection, id: DeviceId, now: UtcMs) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE device SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1")?
        .execute(params![Key(id.0), now.0])?;
    Ok(changed > 0)
}

/// Notes that a device spoke to HQ.
pub fn saw_device(conn: &Connection, id: DeviceId, now: UtcMs) -> Result<()> {
    conn.prepare_cached("UPDATE device SET last_seen = ?2 WHERE id = ?1")?
        .execute(params![Key(id.0), now.0])?;
    Ok(())
}

/// When any device was last heard of; 0 before the first.
pub fn last_seen(conn: &Connection) -> Result<UtcMs> {
    let last = "SELECT coalesce(max(last_seen), 0) FROM device";
    Ok(UtcMs(conn.query_row(last, [], |row| row.get(0))?))
}
