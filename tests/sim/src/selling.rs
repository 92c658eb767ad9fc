//! A sale at the door, screen after screen, of goods of which there are few.

use serde_json::{Value, json};

use crate::{
    disk::{self, Fault},
    template::{ENGINEERS, GOODS, Goods, Job},
    world::{Verdict, World},
};

/// Screens of a sale before the order is filed.
const SCREENS: usize = 4;

/// An order that a screen said was filed.
#[derive(Debug, Clone)]
pub struct Filed {
    work_order: Value,
    order: Value,
}

/// Quotes, agrees, has signed and files; the engineer goes on however an earlier screen answered, as
/// people do. `harm` meets one of the screens.
pub fn sell(world: &mut World<'_>, device: usize, harm: Option<(Fault, u64)>) -> Verdict {
    if !ENGINEERS.contains(&world.devices[device].person) {
        return Ok(());
    }
    let own = world.person_of(device);
    let stranger = world.dice.chance(10);
    let jobs = world.template.jobs.iter().copied();
    let jobs: Vec<Job> =
        jobs.filter(|job| job.sells && (stranger || job.engineer == own)).collect();
    let job = jobs[world.dice.place(jobs.len())];
    let goods = GOODS[world.dice.place(GOODS.len())];
    let token = world.model.token();
    let harmed = world.dice.place(SCREENS + 1);
    let mut number = 0;
    let mut arm = |world: &World<'_>| {
        if let (true, Some((fault, after))) = (number == harmed, harm) {
            disk::arm(&world.devices[device].folder, fault, after);
        }
        number += 1;
    };
    arm(world);
    let quote = quote_input(job, goods);
    let Some(quoted) = world.ask(device, "quote_make", quote, &token)? else { return Ok(()) };
    arm(world);
    let terms = json!({
        "quote": quoted["quote"]["request"]["id"], "slot": Job::delivery(), "removal": "one_visit",
        "if_refused": "go_on", "old": job.asset,
    });
    if world.ask(device, "order_terms", terms, &token)?.is_none() {
        return Ok(());
    }
    for stroke in 0..2 {
        arm(world);
        let points: Vec<Value> = (0..6)
            .map(|i| json!({ "x": 900 + i * 400, "y": 2_000 + i * i * 30, "t": i * 16 }))
            .collect();
        let input = json!({ "work_order": job.order, "number": stroke, "stroke": points });
        world.ask(device, "stroke_add", input, &token)?;
    }
    arm(world);
    let input = json!({ "work_order": job.order, "name": token, "relation": "self" });
    let Some(view) = world.screen(device, "order_file", input, &token, true)? else {
        return Ok(());
    };
    world.trace.counts.add("orders filed");
    let order = view["orders"][0]["order"]["id"].clone();
    world.filed.push(Filed { work_order: json!(job.order), order });
    Ok(())
}

fn quote_input(job: Job, goods: Goods) -> Value {
    let bonus =
        goods.bonus.map(|(id, fen)| json!({ "kind": "trade_in_bonus", "id": id, "amount": fen }));
    let discounts: Vec<Value> = bonus.into_iter().collect();
    json!({
        "work_order": job.order,
        "new": [{ "line": "new-1", "sku": goods.sku, "discounts": discounts }],
        "old": [job.asset],
        "fees": [],
        "removal": "one_visit",
    })
}

/// A customer calls off one of the orders filed so far.
pub fn cancel(world: &mut World<'_>, device: usize) -> Verdict {
    if world.filed.is_empty() {
        return Ok(());
    }
    let Filed { work_order, order } = world.filed[world.dice.place(world.filed.len())].clone();
    let token = world.model.token();
    let input = json!({ "work_order": work_order, "order": order, "reason": token });
    world.screen(device, "order_cancel", input, &token, true).map(drop)
}
