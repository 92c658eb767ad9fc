//! One seed: trouble first, then everything heals and must come to rest.

use doorstep_domain::time::UtcMs;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, Once, PoisonError},
};
use tokio::runtime::Runtime;

use crate::{
    disk::{self, Fault, SurvivalRule},
    oracle,
    plan::Event,
    selling,
    template::Template,
    trace::Counts,
    world::{Verdict, World},
};

/// Rounds of undisturbed syncs within which everything must come to rest. One round sends, the
/// next fetches what others sent, forks and refusals take a few more.
const ROUNDS: usize = 10;
/// Messages that one undisturbed sync may take.
const MESSAGES: usize = 400;

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What came of one seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// SHA-256 over its story.
    pub sum: String,
    /// What happened how often.
    pub counts: Counts,
    /// What must not have happened.
    pub failure: Option<String>,
    /// The story's end, when it failed.
    pub tail: Vec<String>,
}

/// Where the product's code runs: one thread, so that one thing happens at a time.
pub fn one_thread() -> Runtime {
    let built = tokio::runtime::Builder::new_current_thread().enable_time().build();
    built.expect("a runtime can be made")
}

/// Has every panic of the process heard, also those the product catches.
fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
        }));
    });
}

fn panicked() -> Verdict {
    let heard = std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner));
    if heard.is_empty() { Ok(()) } else { Err(format!("panicked: {}", heard.join("; "))) }
}

/// Runs a seed from the beginning to the end.
pub fn run_seed(runtime: &Runtime, template: &Template, seed: u64, loud: bool) -> Report {
    hear_panics();
    let mut world = World::new(runtime, template, seed, loud);
    let story = catch_unwind(AssertUnwindSafe(|| story(&mut world, seed)));
    let verdict = story.unwrap_or_else(|_| Err("the simulation itself stopped".to_owned()));
    let failure = match (verdict, panicked()) {
        (Err(failure), Err(panics)) => Some(format!("{failure}; {panics}")),
        (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Some(failure),
        (Ok(()), Ok(())) => None,
    };
    let _ = catch_unwind(AssertUnwindSafe(|| world.shut_down()));
    let tail = failure.as_ref().map_or_else(Vec::new, |_| world.trace.tail(25).to_vec());
    if let Some(failure) = &failure {
        world.trace.say(format!("FAILURE {failure}"));
    }
    let counts = std::mem::take(&mut world.trace.counts);
    Report { seed, sum: world.trace.sum(), counts, failure, tail }
}

fn story(world: &mut World<'_>, seed: u64) -> Verdict {
    world.trace.say(format!("{:?}", world.plan));
    world.start_hq()?;
    for device in 0..world.devices.len() {
        world.on(device)?;
    }
    for step in 0..world.plan.steps {
        if !world.hq.is_on() && world.dice.chance(30) {
            world.start_hq()?;
        }
        let events = world.plan.events.clone();
        let Some(event) = world.dice.weighted(&events) else { continue };
        happen(world, event, seed.wrapping_add(step as u64))?;
        panicked()?;
    }
    heal(world)?;
    oracle::all_is_well(world)?;
    for device in 0..world.devices.len() {
        world.close_device(device)?;
        oracle::rebuilds_the_same(&world.devices[device])?;
    }
    world.shut_down();
    panicked()
}

fn happen(world: &mut World<'_>, event: Event, seed: u64) -> Verdict {
    let device = world.dice.place(world.devices.len());
    match event {
        Event::Edit => edit(world, device),
        Event::Claim => claim(world, device),
        Event::Sell => selling::sell(world, device, None),
        Event::CancelOrder => selling::cancel(world, device),
        Event::Sync => world.begin_sync(device),
        Event::Carry => match some_flight(world) {
            Some(flight) => world.carry(flight),
            None => world.begin_sync(device),
        },
        Event::Lose => some_flight(world).map_or(Ok(()), |flight| world.lose(flight)),
        Event::Duplicate => {
            if let Some(flight) = some_flight(world) {
                world.duplicate(flight);
            }
            Ok(())
        }
        Event::Stray => world.stray(),
        Event::Time => {
            let most =
                if world.dice.chance(10) { 30 * 60 * UtcMs::MINUTE } else { 3 * UtcMs::MINUTE };
            let ms = world.dice.below(most as u64) as i64;
            world.pass(ms);
            Ok(())
        }
        Event::KillDevice => world.end_device(device, None),
        Event::CutDevice => {
            let rules = [SurvivalRule::Nothing, SurvivalRule::Beginning, SurvivalRule::Anything];
            let rule = rules[world.dice.place(rules.len())];
            world.end_device(device, Some(rule))
        }
        Event::HarmDevice => harm_device(world, device),
        Event::RestartDevice => world.close_device(device),
        Event::BackUpDevice => {
            let image = world.devices[device].image();
            let line = format!("d{} is backed up", world.devices[device].slot);
            world.devices[device].backup = Some(image);
            world.tell("devices backed up", line);
            Ok(())
        }
        Event::RestoreDevice => world.restore_device(device),
        Event::CloneDevice => world.clone_device(device, seed),
        Event::SetClock => {
            let offsets = [0, 60, -45, 24 * 60, -3 * 24 * 60];
            let offset = offsets[world.dice.place(offsets.len())] * UtcMs::MINUTE;
            world.devices[device].host.set_clock(offset);
            let line = format!("d{}'s clock is {offset} ms off", world.devices[device].slot);
            world.tell("clocks set", line);
            Ok(())
        }
        Event::KillHq | Event::CutHq => world.end_hq(),
        Event::HarmHq => harm_hq(world),
        Event::BackUpHq => {
            world.hq_backup = Some(disk::image(&world.hq.folder));
            world.tell("HQ backed up", "HQ's ledger is backed up".to_owned());
            Ok(())
        }
        Event::RestoreHq => world.restore_hq(),
        Event::Revoke if world.dice.chance(30) && world.hq.is_on() => world.revoke(device),
        Event::Revoke => Ok(()),
        Event::MovePerson if world.hq.is_on() => {
            let to = ["one", "two"][world.dice.place(2)];
            let who = ["e1", "e2", "k1"][world.dice.place(3)];
            world.move_person(who, to)
        }
        Event::MovePerson => Ok(()),
    }
}

fn some_flight(world: &mut World<'_>) -> Option<usize> {
    let count = world.flights.len();
    (count > 0).then(|| world.dice.place(count))
}

fn edit(world: &mut World<'_>, device: usize) -> Verdict {
    let job = world.template.jobs[world.dice.place(world.template.jobs.len())];
    let token = world.model.token();
    let (name, input) = match world.dice.below(10) {
        0..4 => ("note_add", json!({ "visit": job.visit, "work_order": job.order, "text": token })),
        4..7 => ("site_set", json!({ "visit": job.visit, "key": "access", "value": token })),
        7..9 => ("machine_set", json!({ "asset": job.asset, "identity": { "brand": token } })),
        _ => (
            "machine_set",
            json!({ "work_order": job.order, "identity": { "category": "冰箱", "model": token } }),
        ),
    };
    world.screen(device, name, input, &token, false).map(drop)
}

fn claim(world: &mut World<'_>, device: usize) -> Verdict {
    let job = world.template.jobs[world.dice.place(world.template.jobs.len())];
    let slot = |start: i64| json!({ "start": start, "end": start + 120 * UtcMs::MINUTE });
    let plans = world.template.people[world.devices[device].person].role
        == doorstep_domain::org::Role::Coordinator;
    if plans && world.dice.chance(70) {
        let start = world.model.plan_start();
        let crews: Vec<_> = world
            .template
            .people
            .iter()
            .filter(|person| {
                person.org == job.store && person.role == doorstep_domain::org::Role::Engineer
            })
            .map(|person| person.id)
            .collect();
        let crew = crews[world.dice.place(crews.len())];
        let input = json!({ "visit": job.visit, "crew": [crew], "slot": slot(start) });
        let done = world.screen(device, "visit_plan", input, &start.to_string(), true);
        return done.map(drop);
    }
    let token = world.model.token();
    let done = if world.dice.chance(50) {
        let input = json!({ "work_order": job.order, "reason": "price", "days": 3, "note": token });
        world.screen(device, "lead_save", input, &token, true)
    } else {
        let wish = slot(crate::template::START.0 + 3 * UtcMs::DAY);
        let input = json!({ "visit": job.visit, "wish": wish, "reason": token });
        world.screen(device, "visit_reschedule", input, &token, true)
    };
    done.map(drop)
}

fn some_fault(world: &mut World<'_>) -> (Fault, u64) {
    let faults = [
        Fault::Kill,
        Fault::Kill,
        Fault::Kill,
        Fault::ReadError,
        Fault::WriteError,
        Fault::SyncError,
        Fault::Full(1),
        Fault::Full(6),
    ];
    let fault = faults[world.dice.place(faults.len())];
    let after = match fault {
        Fault::SyncError => world.dice.below(3),
        _ => world.dice.below(14),
    };
    (fault, after)
}

/// The device's next step, whatever it is, meets a fault.
fn harm_device(world: &mut World<'_>, device: usize) -> Verdict {
    world.on(device)?;
    let (fault, after) = some_fault(world);
    let (folder, slot) = (world.devices[device].folder.clone(), world.devices[device].slot);
    if world.plan.sells() && world.dice.chance(25) {
        return selling::sell(world, device, Some((fault, after)));
    }
    disk::arm(&folder, fault, after);
    let waits = world.flights.iter().position(|flight| flight.is_answered_for(slot));
    match (waits, world.dice.below(3)) {
        (Some(flight), 0..2) => world.carry(flight),
        (_, 0) => claim(world, device),
        _ => edit(world, device),
    }?;
    disk::disarm(&folder);
    Ok(())
}

/// The next request that HQ serves meets a fault.
fn harm_hq(world: &mut World<'_>) -> Verdict {
    let Some(flight) = world.flights.iter().position(|flight| flight.is_unanswered()) else {
        return Ok(());
    };
    if !world.hq.is_on() {
        return Ok(());
    }
    let (fault, after) = some_fault(world);
    let folder = world.hq.folder.clone();
    disk::arm(&folder, fault, after);
    world.carry(flight)?;
    disk::disarm(&folder);
    Ok(())
}

/// The network and the disks are sound from now on; everything must come to rest.
fn heal(world: &mut World<'_>) -> Verdict {
    world.trace.say("everything heals".to_owned());
    world.start_hq()?;
    while !world.flights.is_empty() {
        world.lose(0)?;
    }
    for device in 0..world.devices.len() {
        world.devices[device].host.set_clock(0);
        world.on(device)?;
    }
    for round in 0..ROUNDS {
        let before = stamp(world)?;
        let mut rest = true;
        for device in 0..world.devices.len() {
            if oracle::is_barred(world, device)? {
                continue;
            }
            rest &= sync_undisturbed(world, device)?;
        }
        if rest && stamp(world)? == before {
            world.trace.counts.add_many("rounds to rest", round as u64 + 1);
            return Ok(());
        }
    }
    Err(format!("no rest after {ROUNDS} rounds"))
}

fn stamp(world: &mut World<'_>) -> Verdict<u64> {
    doorstep_store::ledger::feed::last_stamp(world.hq.probe()).map_err(|e| e.to_string())
}

/// A whole sync; tells whether it ended well.
fn sync_undisturbed(world: &mut World<'_>, device: usize) -> Verdict<bool> {
    let done = |world: &World<'_>| world.trace.counts.0.get("syncs done").copied().unwrap_or(0);
    let before = done(world);
    world.begin_sync(device)?;
    for _ in 0..MESSAGES {
        if !world.devices[device].syncing {
            return Ok(done(world) > before);
        }
        if world.flights.is_empty() {
            return Err("a sync waits for nothing".to_owned());
        }
        world.carry(0)?;
    }
    Err(format!("a sync of device {} takes over {MESSAGES} messages", world.devices[device].slot))
}
