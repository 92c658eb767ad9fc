//! What a piece of work costs: bytes and turns on the line, processor time and memory of processes.

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// What went over a line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traffic {
    /// Bytes towards the server.
    pub up: u64,
    /// Bytes from it.
    pub down: u64,
    /// How often a connection's client spoke after its server had, or first: questions that had to
    /// be answered before the next. A TLS handshake is one.
    pub turns: u64,
}

#[derive(Default)]
struct Counters {
    up: AtomicU64,
    down: AtomicU64,
    turns: AtomicU64,
}

/// A proxy that counts. Ours and the peers' clients all speak through one.
pub struct Line {
    address: SocketAddr,
    target: Arc<Mutex<SocketAddr>>,
    counters: Arc<Counters>,
}

impl Line {
    /// A line to `target` from a free port of 127.0.0.1.
    pub fn to(target: SocketAddr) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let target = Arc::new(Mutex::new(target));
        let counters = Arc::new(Counters::default());
        let (to, counted) = (Arc::clone(&target), Arc::clone(&counters));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let target = *to.lock().expect("no panic holds it");
                let counted = Arc::clone(&counted);
                // The far end may be slow to answer; the next client does not wait for it.
                thread::spawn(move || {
                    if let Ok(far) = TcpStream::connect(target) {
                        join(&near, &far, &counted);
                    }
                });
            }
        });
        Line { address, target, counters }
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections go elsewhere.
    pub fn redirect(&self, target: SocketAddr) {
        *self.target.lock().expect("no panic holds it") = target;
    }

    /// What went over it since the last call.
    pub fn take(&self) -> Traffic {
        let taken = |counter: &AtomicU64| counter.swap(0, Ordering::SeqCst);
        let Counters { up, down, turns } = &*self.counters;
        Traffic { up: taken(up), down: taken(down), turns: taken(turns) }
    }
}

fn join(near: &TcpStream, far: &TcpStream, counters: &Arc<Counters>) {
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ends = (near.try_clone(), far.try_clone(), near.try_clone(), far.try_clone());
    let (Ok(near_in), Ok(far_out), Ok(near_out), Ok(far_in)) = ends else { return };
    let client_spoke = Arc::new(AtomicBool::new(false));
    let (counted, spoke) = (Arc::clone(counters), Arc::clone(&client_spoke));
    thread::spawn(move || {
        pass(near_in, far_out, |bytes| {
            counted.up.fetch_add(bytes, Ordering::SeqCst);
            if !spoke.swap(true, Ordering::SeqCst) {
                counted.turns.fetch_add(1, Ordering::SeqCst);
            }
        });
    });
    let counted = Arc::clone(counters);
    thread::spawn(move || {
        pass(far_in, near_out, |bytes| {
            counted.down.fetch_add(bytes, Ordering::SeqCst);
            client_spoke.store(false, Ordering::SeqCst);
        });
    });
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: impl Fn(u64)) {
    let mut piece = vec![0u8; 64 * 1024];
    while let Ok(read) = from.read(&mut piece) {
        if read == 0 || to.write_all(&piece[..read]).is_err() {
            break;
        }
        count(u64::try_from(read).unwrap_or(0));
    }
    let _ = (from.shutdown(Shutdown::Read), to.shutdown(Shutdown::Write));
}

/// A process with everything below it.
#[derive(Debug, Clone, Copy)]
pub struct Processes(pub u32);

impl Processes {
    /// Processor time so far. The kernel counts it in nanoseconds per thread; a thread that has
    /// ended is no longer counted, which short rows do not live to see.
    pub fn cpu(self) -> Duration {
        threads_cpu(&self.all())
    }

    /// Waits until they have nothing to do.
    pub fn until_idle(self) {
        loop {
            let before = self.cpu();
            std::thread::sleep(Duration::from_millis(500));
            if self.cpu().saturating_sub(before) < Duration::from_millis(20) {
                return;
            }
        }
    }

    /// The same of the process alone.
    pub fn own_cpu(self) -> Duration {
        threads_cpu(&[self.0])
    }

    /// The most memory held, in bytes, since the last [`Processes::forget_peak`].
    pub fn peak(self) -> u64 {
        self.all().iter().map(|pid| status_kib(*pid, "VmHWM:") << 10).sum()
    }

    /// The same of the process alone.
    pub fn own_peak(self) -> u64 {
        status_kib(self.0, "VmHWM:") << 10
    }

    /// Lets the peak begin anew (`proc_pid_clear_refs(5)`).
    pub fn forget_peak(self) {
        for pid in self.all() {
            let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
        }
    }

    /// Its number and those of its descendants.
    pub fn all(self) -> Vec<u32> {
        let mut found = vec![self.0];
        let mut next = 0;
        while let Some(pid) = found.get(next).copied() {
            let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
            for task in tasks {
                let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                found.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            }
            next += 1;
        }
        found
    }
}

fn threads_cpu(pids: &[u32]) -> Duration {
    let threads = pids
        .iter()
        .flat_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten());
    let nanos = threads.filter_map(|thread| {
        let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

fn status_kib(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
