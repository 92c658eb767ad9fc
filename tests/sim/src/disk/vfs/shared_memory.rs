//! The memory that connections to a write-ahead log share, and the locks on it.

use rusqlite::ffi;
use std::{
    ffi::{c_int, c_void},
    ptr,
    sync::Arc,
};

use super::{locked, opened};
use crate::disk::file::{REGION_WORDS, Region};

pub(super) unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    number: c_int,
    _: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite passes an open file and a place for the pointer.
    unsafe {
        let open = opened(file);
        *out = ptr::null_mut();
        if open.is_dead() {
            return ffi::SQLITE_IOERR_SHMMAP;
        }
        let mut held = locked(&open.file);
        if !open.uses_shm {
            open.uses_shm = true;
            held.shm_users += 1;
        }
        let number = number as usize;
        if held.regions.len() <= number && extend == 0 {
            return ffi::SQLITE_OK;
        }
        while held.regions.len() <= number {
            let words = Box::new(std::cell::UnsafeCell::new([0; REGION_WORDS]));
            held.regions.push(Arc::new(Region(words)));
        }
        let region = Arc::clone(&held.regions[number]);
        *out = region.0.get().cast();
        open.regions.push(region);
    }
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if open.is_dead() {
        return ffi::SQLITE_IOERR_SHMLOCK;
    }
    let mut held = locked(&open.file);
    let places = (offset..offset + count).map(|place| (place as usize, 1u8 << place));
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        for (place, bit) in places {
            if open.shm_alone & bit != 0 {
                held.shm_locks[place] = 0;
            } else if open.shm_shared & bit != 0 {
                held.shm_locks[place] -= 1;
            }
            open.shm_alone &= !bit;
            open.shm_shared &= !bit;
        }
    } else if flags & ffi::SQLITE_SHM_SHARED != 0 {
        for (place, bit) in places {
            if open.shm_shared & bit != 0 {
                continue;
            }
            if held.shm_locks[place] < 0 {
                return ffi::SQLITE_BUSY;
            }
            held.shm_locks[place] += 1;
            open.shm_shared |= bit;
        }
    } else {
        if places
            .clone()
            .any(|(place, bit)| held.shm_locks[place] != 0 && open.shm_alone & bit == 0)
        {
            return ffi::SQLITE_BUSY;
        }
        for (place, bit) in places {
            held.shm_locks[place] = -1;
            open.shm_alone |= bit;
        }
    }
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

pub(super) unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite passes an open file, and uses the regions no more.
    let open = unsafe { opened(file) };
    if open.uses_shm && !open.is_dead() {
        let mut held = locked(&open.file);
        for place in 0..held.shm_locks.len() {
            let bit = 1u8 << place;
            if open.shm_alone & bit != 0 {
                held.shm_locks[place] = 0;
            } else if open.shm_shared & bit != 0 {
                held.shm_locks[place] -= 1;
            }
        }
        held.shm_users -= 1;
        if held.shm_users == 0 {
            held.regions.clear();
        }
    }
    open.uses_shm = false;
    (open.shm_alone, open.shm_shared) = (0, 0);
    open.regions.clear();
    ffi::SQLITE_OK
}
