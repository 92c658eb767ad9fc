//! The locks of an open file, from shared to exclusive.

use rusqlite::ffi;
use std::ffi::c_int;

use super::{locked, opened};

pub(super) unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if open.level >= level {
        return ffi::SQLITE_OK;
    }
    if open.is_dead() {
        return ffi::SQLITE_IOERR_LOCK;
    }
    let mut held = locked(&open.file);
    match level {
        ffi::SQLITE_LOCK_SHARED => {
            if held.pending || held.exclusive {
                return ffi::SQLITE_BUSY;
            }
            held.shared += 1;
        }
        ffi::SQLITE_LOCK_RESERVED => {
            if held.reserved {
                return ffi::SQLITE_BUSY;
            }
            held.reserved = true;
        }
        _ => {
            let others_reserved = held.reserved && open.level < ffi::SQLITE_LOCK_RESERVED;
            let others_pending = held.pending && open.level < ffi::SQLITE_LOCK_PENDING;
            if others_reserved || others_pending {
                return ffi::SQLITE_BUSY;
            }
            held.pending = true;
            open.level = ffi::SQLITE_LOCK_PENDING;
            if held.shared > 1 {
                return ffi::SQLITE_BUSY;
            }
            held.exclusive = true;
        }
    }
    open.level = level;
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if open.level <= level {
        return ffi::SQLITE_OK;
    }
    if !open.is_dead() {
        let mut held = locked(&open.file);
        if open.level >= ffi::SQLITE_LOCK_RESERVED {
            held.reserved = false;
        }
        if open.level >= ffi::SQLITE_LOCK_PENDING {
            (held.reserved, held.pending, held.exclusive) = (false, false, false);
        }
        if level == ffi::SQLITE_LOCK_NONE {
            held.shared -= 1;
        }
    }
    open.level = level;
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn check_reserved(
    file: *mut ffi::sqlite3_file,
    reserved: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes an open file and a place for the answer.
    unsafe {
        let held = locked(&opened(file).file);
        *reserved = c_int::from(held.reserved || held.pending);
    }
    ffi::SQLITE_OK
}
