//! A TCP line between a device and HQ that can be cut: altogether, or after so many bytes.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// What is done to the line; shared with its threads.
#[derive(Default)]
struct Faults {
    down: AtomicBool,
    stop: AtomicBool,
    /// Bytes that may still pass towards HQ before the cut; negative = no limit.
    upward: AtomicI64,
    /// Bytes that may still pass towards the device before the cut; negative = no limit.
    downward: AtomicI64,
    /// Extra delay of each piece, in ms.
    delay_ms: AtomicU64,
    /// Bytes that came from HQ since the last reset.
    answered: AtomicI64,
    /// Answer garbage instead of passing anything on.
    garbage: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

/// A proxy on a free port of 127.0.0.1.
pub struct Line {
    address: SocketAddr,
    target: Arc<Mutex<SocketAddr>>,
    faults: Arc<Faults>,
}

impl Line {
    /// A line to `target`, whole.
    pub fn to(target: SocketAddr) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let faults = Arc::new(Faults {
            upward: AtomicI64::new(-1),
            downward: AtomicI64::new(-1),
            ..Faults::default()
        });
        let target = Arc::new(Mutex::new(target));
        let (shared, to) = (Arc::clone(&faults), Arc::clone(&target));
        thread::spawn(move || {
            for incoming in listener.incoming() {
                if shared.stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(device) = incoming else { continue };
                if shared.down.load(Ordering::SeqCst) {
                    let _ = device.shutdown(Shutdown::Both);
                    continue;
                }
                if shared.garbage.load(Ordering::SeqCst) {
                    let mut device = device;
                    let _ = device.write_all(b"HTTP/1.1 200 OK\r\n\r\n<html>not HQ</html>");
                    continue;
                }
                let target = *to.lock().expect("no panic holds it");
                let Ok(hq) = TcpStream::connect(target) else { continue };
                join(device, hq, &shared);
            }
        });
        Line { address, target, faults }
    }

    /// Where the device connects.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// HQ has moved to another port.
    pub fn redirect(&self, target: SocketAddr) {
        *self.target.lock().expect("no panic holds it") = target;
    }

    /// The network is gone: open connections break, new ones are refused.
    pub fn cut(&self) {
        self.faults.down.store(true, Ordering::SeqCst);
        self.break_open();
    }

    /// The network is back, whole.
    pub fn restore(&self) {
        self.faults.upward.store(-1, Ordering::SeqCst);
        self.faults.downward.store(-1, Ordering::SeqCst);
        self.faults.garbage.store(false, Ordering::SeqCst);
        self.faults.delay_ms.store(0, Ordering::SeqCst);
        self.faults.down.store(false, Ordering::SeqCst);
    }

    /// The line breaks once this many more bytes went towards HQ.
    pub fn cut_after_upward(&self, bytes: i64) {
        self.faults.upward.store(bytes, Ordering::SeqCst);
    }

    /// The line breaks once this many more bytes came from HQ.
    pub fn cut_after_downward(&self, bytes: i64) {
        self.faults.downward.store(bytes, Ordering::SeqCst);
    }

    /// Every piece is late by this much.
    pub fn slow(&self, delay: Duration) {
        let ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.faults.delay_ms.store(ms, Ordering::SeqCst);
    }

    /// Whatever connects is answered with something that is not HQ.
    pub fn answer_garbage(&self) {
        self.faults.garbage.store(true, Ordering::SeqCst);
        self.break_open();
    }

    /// Bytes that came from HQ since the last call.
    pub fn take_answered(&self) -> i64 {
        self.faults.answered.swap(0, Ordering::SeqCst)
    }

    /// Bytes that came from HQ so far.
    pub fn answered(&self) -> i64 {
        self.faults.answered.load(Ordering::SeqCst)
    }

    /// Breaks every connection that is open.
    pub fn break_open(&self) {
        for stream in self.faults.open.lock().expect("no panic holds it").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.faults.stop.store(true, Ordering::SeqCst);
        self.break_open();
        let _ = TcpStream::connect(self.address);
    }
}

fn join(device: TcpStream, hq: TcpStream, faults: &Arc<Faults>) {
    let mut open = faults.open.lock().expect("no panic holds it");
    for stream in [&device, &hq] {
        open.extend(stream.try_clone());
    }
    drop(open);
    let (Ok(from_device), Ok(from_hq)) = (device.try_clone(), hq.try_clone()) else { return };
    let up = Arc::clone(faults);
    thread::spawn(move || pass(from_device, hq, &up, true));
    let down = Arc::clone(faults);
    thread::spawn(move || pass(from_hq, device, &down, false));
}

fn pass(mut from: TcpStream, mut to: TcpStream, faults: &Faults, upward: bool) {
    let left = if upward { &faults.upward } else { &faults.downward };
    let mut piece = [0u8; 4096];
    while let Ok(read) = from.read(&mut piece) {
        if read == 0 {
            break;
        }
        let delay = faults.delay_ms.load(Ordering::SeqCst);
        if delay > 0 {
            thread::sleep(Duration::from_millis(delay));
        }
        let may_pass = match left.load(Ordering::SeqCst) {
            limit if limit < 0 => read,
            limit => usize::try_from(limit).unwrap_or(0).min(read),
        };
        if !upward {
            faults.answered.fetch_add(may_pass as i64, Ordering::SeqCst);
        }
        if to.write_all(&piece[..may_pass]).is_err() {
            break;
        }
        if left.load(Ordering::SeqCst) >= 0 {
            left.fetch_sub(may_pass as i64, Ordering::SeqCst);
        }
        if may_pass < read {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
