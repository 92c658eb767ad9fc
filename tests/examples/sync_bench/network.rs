//! A bad network: the servers live in a network namespace of their own, reached through a pair of
//! TUN devices between which this program carries the packets, late and not all of them. TCP on both
//! sides is the kernel's, so losses are really sent again.

use rustix::{
    fs::{Mode, OFlags},
    ioctl::{Setter, ioctl, opcode},
};
use std::{
    ffi::c_short,
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::words::Dice;

const NAMESPACE: &str = "doorstep-bench";
const NEAR: &str = "10.213.77.1";
const FAR: &str = "10.213.77.2";
/// The same servers over an ordinary pair of devices, for what is not measured.
const BESIDE: [&str; 2] = ["10.213.78.1", "10.213.78.2"];
/// Round trip and loss as the issue names them.
const ROUND_TRIP: Duration = Duration::from_millis(300);
const LOST_OF_1000: i64 = 10;

/// The namespace; removed when dropped.
pub struct Network(());

impl Network {
    /// Sets it up.
    ///
    /// # Errors
    /// What is not permitted here.
    pub fn up() -> Result<Network, String> {
        remove();
        ip(&["netns", "add", NAMESPACE])?;
        let network = Network(());
        let (near, far) = (tun("dsbench0")?, tun("dsbench1")?);
        ip(&["link", "set", "dsbench1", "netns", NAMESPACE])?;
        ip(&["addr", "add", NEAR, "peer", FAR, "dev", "dsbench0"])?;
        ip(&["link", "set", "dsbench0", "up"])?;
        ip(&["-n", NAMESPACE, "addr", "add", FAR, "peer", NEAR, "dev", "dsbench1"])?;
        ip(&["-n", NAMESPACE, "link", "set", "dsbench1", "up"])?;
        ip(&["-n", NAMESPACE, "link", "set", "lo", "up"])?;
        ip(&["link", "add", "dsbench2", "type", "veth", "peer", "name", "dsbench3"])?;
        ip(&["link", "set", "dsbench3", "netns", NAMESPACE])?;
        ip(&["addr", "add", BESIDE[0], "peer", BESIDE[1], "dev", "dsbench2"])?;
        ip(&["link", "set", "dsbench2", "up"])?;
        ip(&["-n", NAMESPACE, "addr", "add", BESIDE[1], "peer", BESIDE[0], "dev", "dsbench3"])?;
        ip(&["-n", NAMESPACE, "link", "set", "dsbench3", "up"])?;
        let both = |file: &File| file.try_clone().map_err(|error| error.to_string());
        carry(both(&near)?, both(&far)?, 1);
        carry(far, near, 2);
        Ok(network)
    }

    /// Its name.
    pub fn namespace(&self) -> &'static str {
        NAMESPACE
    }

    /// The servers' address over the bad line.
    pub fn far(&self) -> &'static str {
        FAR
    }

    /// Their address beside it.
    pub fn beside(&self) -> &'static str {
        BESIDE[1]
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        remove();
    }
}

fn remove() {
    for words in
        [["link", "del", "dsbench0"], ["link", "del", "dsbench2"], ["netns", "del", NAMESPACE]]
    {
        let quiet = (Stdio::null(), Stdio::null());
        let _ = Command::new("ip").args(words).stdout(quiet.0).stderr(quiet.1).status();
    }
}

fn ip(words: &[&str]) -> Result<(), String> {
    let done = Command::new("ip").args(words).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    if done.status.success() { Ok(()) } else { Err(format!("ip {}: {said}", words.join(" "))) }
}

/// `struct ifreq` of linux/if.h as `TUNSETIFF` reads it: name and flags.
#[repr(C)]
struct Request {
    name: [u8; 16],
    flags: c_short,
    rest: [u8; 22],
}

/// Packets without a header of their own (`IFF_TUN | IFF_NO_PI`, linux/if_tun.h).
const FLAGS: c_short = 0x0001 | 0x1000;

#[allow(unsafe_code, reason = "attaching to a TUN device is an ioctl that no safe call wraps")]
fn tun(name: &str) -> Result<File, String> {
    let failed = |error: rustix::io::Errno| format!("/dev/net/tun: {error}");
    let file: OwnedFd =
        rustix::fs::open("/dev/net/tun", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
            .map_err(failed)?;
    let mut request = Request { name: [0; 16], flags: FLAGS, rest: [0; 22] };
    request.name[..name.len()].copy_from_slice(name.as_bytes());
    // `_IOW('T', 202, int)`, though it reads a whole ifreq.
    const TUNSETIFF: rustix::ioctl::Opcode = opcode::write::<std::ffi::c_int>(b'T', 202);
    // SAFETY: the kernel reads one ifreq, which `Request` is in size and layout.
    unsafe { ioctl(&file, Setter::<TUNSETIFF, Request>::new(request)) }.map_err(failed)?;
    Ok(File::from(file))
}

/// Carries packets one way: each is late by half a round trip or, now and then, never arrives.
fn carry(mut from: File, mut to: File, seed: u64) {
    let (late, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut dice = Dice::of(&[9, seed]);
        let mut packet = vec![0u8; 65_536];
        while let Ok(read) = from.read(&mut packet) {
            if dice.below(1000) >= LOST_OF_1000 {
                let at = Instant::now() + ROUND_TRIP / 2;
                if late.send((at, packet[..read].to_vec())).is_err() {
                    return;
                }
            }
        }
    });
    thread::spawn(move || {
        for (at, packet) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            // Refused only while the device goes down.
            let _ = to.write(&packet);
        }
    });
}
