//! Files by their path: deleted, looked for, and named in full.

use rusqlite::ffi;
use std::{
    ffi::{CStr, c_char, c_int},
    ptr,
};

use super::locked;
use crate::disk::{Sort, folder_of, hold};

pub(super) unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite passes a path that ends in zero.
    let path = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
    let mut disk = hold();
    if disk.befalls(folder_of(&path), Sort::Other).is_some() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    if disk.delete(&path, sync_folder != 0) {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_IOERR_DELETE_NOENT
    }
}

pub(super) unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a path that ends in zero and a place for the answer.
    unsafe {
        let path = CStr::from_ptr(name).to_string_lossy().into_owned();
        // As SQLite's VFS for Unix: a file without a byte does not count as there.
        let there = hold().file(&path).is_some_and(|file| !locked(&file).seen().is_empty());
        *out = c_int::from(there);
    }
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a path that ends in zero and `room` bytes to write to.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}
