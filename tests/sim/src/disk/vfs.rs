//! SQLite's door to the disk: its VFS interface (<https://www.sqlite.org/vfs.html>), version 2, which
//! is what a write-ahead log needs.

#![allow(clippy::disallowed_types, reason = "SQLite asks for the Julian day as an f64")]

use rusqlite::ffi;
use std::{
    ffi::{CStr, c_char, c_int, c_void},
    mem::size_of,
    ptr,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError},
};

use super::{
    Fault, Sort,
    file::{File, REGION_WORDS, Region},
    folder_of, hold,
};

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

unsafe extern "C" fn read(
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

unsafe extern "C" fn write(
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

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if let Err(code) = open.passes(Sort::Other, ffi::SQLITE_IOERR_TRUNCATE) {
        return code;
    }
    locked(&open.file).truncate(size as usize);
    ffi::SQLITE_OK
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let open = unsafe { opened(file) };
    if let Err(code) = open.passes(Sort::Sync, ffi::SQLITE_IOERR_FSYNC) {
        return code;
    }
    locked(&open.file).sync();
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
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

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
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

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
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

unsafe extern "C" fn check_reserved(file: *mut ffi::sqlite3_file, reserved: *mut c_int) -> c_int {
    // SAFETY: SQLite passes an open file and a place for the answer.
    unsafe {
        let held = locked(&opened(file).file);
        *reserved = c_int::from(held.reserved || held.pending);
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

unsafe extern "C" fn shm_map(
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

unsafe extern "C" fn shm_lock(
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

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
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

unsafe extern "C" fn delete(
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

unsafe extern "C" fn access(
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

unsafe extern "C" fn full_path(
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
