//! What must be true of a device's database whatever befell its process.

use doorstep_store::{device, open};
use rusqlite::Connection;

/// Asserts that the kept sums are those of what is held.
pub fn assert_sums(conn: &Connection) {
    assert_eq!(
        device::held(conn).expect("sums"),
        device::count_held(conn).expect("counted"),
        "the kept sums are those of what is held"
    );
}

/// Reads a database through and asserts that it is sound, its sums as counted, its projection as
/// rebuilt.
pub fn assert_sound(conn: &mut Connection) {
    assert_eq!(open::damage(conn).expect("read through"), Vec::<String>::new(), "it is sound");
    assert_sums(conn);
    let live = device::digest(conn).expect("a digest");
    let tx = conn.transaction().expect("a transaction");
    device::rebuild(&tx).expect("rebuilt");
    assert_eq!(device::digest(&tx).expect("a digest"), live, "the projection is as rebuilt");
}
