//! The bytes of an open file: read, written, cut and synced.

use rusqlite::ffi;
use std::ffi::{c_int, c_void};

use super::{locked, opened};
use crate::disk::Sort;

pub(super) unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    from: i64,
) -> c_int {
    // SAFETY: SQLite passes an open file and `amount` bytes to write to.
    let (open, into) = unsafe {
        (opened(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), amount as usize))
    };
    if let Err(code) = open.passes(Sort::Read, ffi::SQLITE_IOERR_READ) {
        return code;
    }
    let held = locked(&open.file);
    let there = held.seen().get(from as usize..).unwrap_or_default();
    let count = there.len().min(into.len());
    into[..count].copy_from_slice(&there[..count]);
    into[count..].fill(0);
    if count < into.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
}

pub(super) unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    at: i64,
) -> c_int {
    // SAFETY: SQLite passes an open file and `amount` bytes to read.
    let (open, bytes) =
        unsafe { (opened(file), std::slice::from_raw_parts(from.cast::<u8>(), amount as usize)) };
    if let Err(code) = open.passes(Sort::Write, ffi::SQLITE_IOERR_WRITE) {
        return code;
    }
    locked(&open.file).write(at as usize, bytes);
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if let Err(code) = open.passes(Sort::Other, ffi::SQLITE_IOERR_TRUNCATE) {
        return code;
    }
    locked(&open.file).truncate(size as usize);
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if let Err(code) = open.passes(Sort::Sync, ffi::SQLITE_IOERR_FSYNC) {
        return code;
    }
    locked(&open.file).sync();
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: SQLite passes an open file and a place for the size.
    unsafe {
        let open = opened(file);
        if open.is_dead() {
            return ffi::SQLITE_IOERR_FSTAT;
        }
        *size = locked(&open.file).seen().len() as i64;
    }
    ffi::SQLITE_OK
}
