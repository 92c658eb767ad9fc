//! SQLite's door to the disk: its VFS interface (<https://www.sqlite.org/vfs.html>), version 2, which
//! is what a write-ahead log needs. Here a file is opened and closed; what is done with it between,
//! and what is done by its path, is in the files beside.

#![allow(clippy::disallowed_types, reason = "SQLite asks for the Julian day as an f64")]

mod bytes;
mod locks;
mod paths;
mod shared_memory;

use rusqlite::ffi;
use std::{
    ffi::{CStr, c_char, c_int, c_void},
    mem::size_of,
    ptr,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError},
};

use super::{
    Fault, Sort,
    file::{File, Region},
    folder_of, hold,
};
use bytes::{file_size, read, sync, truncate, write};
use locks::{check_reserved, lock, unlock};
use paths::{access, delete, full_path};
use shared_memory::{shm_barrier, shm_lock, shm_map, shm_unmap};

/// The longest path, as SQLite's own VFS for Unix has it.
const MAX_PATH: c_int = 512;
/// SQLite's VFS for Unix reports sectors of this size.
const SECTOR_BYTES: c_int = 4_096;

/// What SQLite allocates for an open file; it fills in nothing but zeros.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

/// An open file as one connection has it.
struct Open {
    path: String,
    file: Arc<Mutex<File>>,
    /// The life of the folder's process in which it was opened.
    life: u64,
    level: c_int,
    delete_on_close: bool,
    /// Kept alive for as long as this connection may hold pointers into them.
    regions: Vec<Arc<Region>>,
    uses_shm: bool,
    shm_shared: u8,
    shm_alone: u8,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes this disk the one on which SQLite opens every file of the process.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<Handle>() as c_int,
            mxPathname: MAX_PATH,
            pNext: ptr::null_mut(),
            zName: c"doorstep-sim".as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure lives for ever and its functions keep the contract of the VFS.
        let done = unsafe { ffi::sqlite3_vfs_register(vfs, 1) };
        assert_eq!(done, ffi::SQLITE_OK, "SQLite refuses the disk");
    });
}

/// The open file behind SQLite's pointer.
///
/// # Safety
/// `file` is one that [`open`] filled in and [`close`] has not seen, and no other reference to it
/// exists: SQLite uses a connection's files from one thread at a time.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Open {
    // SAFETY: as the function demands.
    unsafe { &mut *(*file.cast::<Handle>()).open }
}

fn locked(file: &Arc<Mutex<File>>) -> MutexGuard<'_, File> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    /// Whether the process still lives and nothing befalls the operation; else SQLite's error code.
    fn passes(&self, sort: Sort, failed: c_int) -> Result<(), c_int> {
        let mut disk = hold();
        let folder = folder_of(&self.path);
        if disk.life(folder) != self.life {
            return Err(failed);
        }
        match disk.befalls(folder, sort) {
            None => Ok(()),
            Some(Fault::Full(_)) => Err(ffi::SQLITE_FULL),
            Some(Fault::SyncError) => {
                locked(&self.file).fail_sync(disk.dice());
                Err(failed)
            }
            Some(_) => Err(failed),
        }
    }

    fn is_dead(&self) -> bool {
        hold().life(folder_of(&self.path)) != self.life
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes `szOsFile` bytes, a path that ends in zero or none, and a place for
    // flags or none.
    unsafe {
        (*file).pMethods = ptr::null();
        let path = if name.is_null() {
            String::new()
        } else {
            CStr::from_ptr(name).to_string_lossy().into_owned()
        };
        let mut disk = hold();
        let (found, life) = (disk.file(&path), disk.life(folder_of(&path)));
        let held = match found {
            _ if path.is_empty() => Arc::default(),
            Some(held) => held,
            None if flags & ffi::SQLITE_OPEN_CREATE != 0 => disk.create(&path),
            None => return ffi::SQLITE_CANTOPEN,
        };
        let open = Open {
            path,
            file: held,
            life,
            level: ffi::SQLITE_LOCK_NONE,
            delete_on_close: flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0,
            regions: Vec::new(),
            uses_shm: false,
            shm_shared: 0,
            shm_alone: 0,
        };
        (*file.cast::<Handle>()).open = Box::into_raw(Box::new(open));
        (*file).pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once and uses it no more.
    let open = unsafe {
        let _ = shm_unmap(file, 0);
        let _ = unlock(file, ffi::SQLITE_LOCK_NONE);
        let handle = file.cast::<Handle>();
        (*file).pMethods = ptr::null();
        Box::from_raw((*handle).open)
    };
    if open.delete_on_close && !open.is_dead() {
        hold().delete(&open.path, true);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    SECTOR_BYTES
}

unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    // As SQLite's VFS for Unix: a write cut short harms no byte outside it.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite passes `count` bytes to write to.
    let bytes = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), count as usize) };
    hold().dice().fill(bytes);
    count
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // Nothing else runs meanwhile, so waiting longer changes nothing.
    std::thread::yield_now();
    microseconds
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes a place for the time.
    unsafe { *out = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    // SAFETY: SQLite passes a place for the time; the product never asks the database for it.
    unsafe { *out = 212_544_043_200_000 };
    ffi::SQLITE_OK
}
