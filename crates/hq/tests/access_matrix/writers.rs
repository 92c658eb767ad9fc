//! Who may write what: fields by role, claims by role, and nobody in another's name.

use doorstep_domain::{
    claim::Claim,
    facts::{DocKind, FieldEdit},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    household::{lead, payment},
    lines,
};
use crate::common::{self, Device, World, code, fresh};

/// Kind, section, key, who may write it.
const FIELDS: &str = "
    work_order about    id                 ---
    work_order about    kind               ---
    work_order steps    identify           E--
    work_order events   visit.arrived      E--
    work_order events   leg.1.end          E--
    work_order fit      door_mm            EC-
    work_order notes    n1/text            ECK
    work_order photos   p1/hash            EC-
    work_order contact  name               ECK
    work_order contact  phone              ECK
    work_order contact  phone2             ECK
    work_order contact  address            ECK
    work_order contact  call_before        ECK
    work_order contact  price              ---
    work_order site     floor              ECK
    work_order site     lift               ECK
    work_order site     narrowest_turn_mm  ECK
    work_order site     gas                ECK
    work_order site     gas_converted_on   ECK
    work_order site     circuit_amps       ECK
    work_order site     access             ECK
    work_order site     region             ---
    work_order lost     reason             EC-
    work_order review   p1                 --K
    asset      about    id                 ---
    asset      identity category           EC-
    asset      identity subtype            EC-
    asset      identity brand              EC-
    asset      identity model              EC-
    asset      identity gtin               EC-
    asset      identity nameplate_month    EC-
    asset      identity installed_on       EC-
    asset      identity purchased_on       EC-
    asset      identity commercial         EC-
    asset      identity owner              ---
    asset      components body/serial      EC-
    asset      custody  c1/by              EC-
    asset      checks   cord.frayed        E--
    asset      readings suction_kpa        E--
    asset      faults   f1/code            E--
    asset      notes    n1/text            ECK
    asset      photos   p1/hash            EC-
    card       about    kind               ---
    card       repairs  r1/part            E--
    card       notes    n1/text            ECK
    card       photos   p1/hash            EC-
";

/// Claim, who may make it at all.
const CLAIMS: &str = "
    order_file       EC-
    order_cancel     ECK
    card_issue       EC-
    payment_record   ECK
    lead_save        ECK
    loaner_issue     EC-
    loaner_return    EC-
    visit_end        E--
    visit_reschedule ECK
    visit_plan       --K
    task_decide      -CK
";

const ROLES: [(char, &str); 3] = [('E', "周晓琳"), ('C', "林静"), ('K', "沈婷")];

fn doc_of(world: &World, kind: &str) -> (DocKind, Uuid) {
    (DocKind::from_name(kind).unwrap(), world.door(kind))
}

#[tokio::test]
async fn every_field_is_written_by_exactly_these_roles() {
    let world = World::new();
    let mut wrong = Vec::new();
    for (letter, name) in ROLES {
        let mut device = world.device(name).await;
        for (number, line) in lines(FIELDS).enumerate() {
            let [kind, section, key, who] = line[..] else { panic!("{line:?}") };
            let (kind, id) = doc_of(&world, kind);
            let value = format!("{name} {number}");
            let push = device.edit(kind, id, &[FieldEdit::new(section, key, value)], world.now());
            let answer = device.sync(&world, vec![push], vec![]).await.unwrap();
            let taken = answer.refused.is_empty();
            if taken != who.contains(letter) {
                wrong.push(format!("{letter} {kind:?} {section}/{key}: taken = {taken}"));
            }
            if let Some(refused) = answer.refused.first() {
                // What a document is about is its identity, which is looked at first.
                let code =
                    if section == "about" { "document_refused" } else { "field_not_allowed" };
                assert_eq!(refused.code, code, "{letter} {section}/{key}");
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Every claim on the door job's own household; what it names may not exist.
fn claims(world: &World, device: &Device) -> Vec<Claim> {
    let (door, now) = (&world.demo["door_job"], world.now().0);
    let slot = json!({ "start": now + 86_400_000, "end": now + 93_600_000 });
    let nobody = fresh();
    let mut card: Value = device.row("card", world.door("card")).unwrap();
    card["id"] = json!(fresh());
    card["serials"] = json!([format!("NEW{}", fresh().simple())]);
    card["status"] = json!("provisional");
    let check = json!({ "electrically_safe": true, "runs": true, "complete": true });
    let loan = json!({
        "id": fresh(), "store": door["store"], "asset": fresh(), "serial": "L1",
        "customer": door["customer"], "site": door["site"], "deposit": 0, "issued_at": now,
        "issued_by": device.person, "due_on": "2026-08-01", "check": check,
    });
    let back = json!({
        "at": now, "by": device.person, "check": check, "deposit_returned": 0, "deposit_kept": 0,
    });
    let quote = common::quote(&common::books(), "2026-07-15");
    let file = Claim::OrderFile(Box::new(common::order(world, &quote)));
    let others = [
        json!({ "claim": "order_cancel", "order": nobody, "reason": "x", "at": now }),
        json!({ "claim": "card_issue", "card": card }),
        json!({ "claim": "payment_record", "payment": payment(world, device, fresh(), json!(nobody)) }),
        json!({ "claim": "lead_save", "lead": lead(world, device, fresh()) }),
        json!({ "claim": "loaner_issue", "loan": loan }),
        json!({ "claim": "loaner_return", "loan": nobody, "back": back }),
        json!({ "claim": "visit_end", "visit": door["visit"], "code": "no_show", "at": now }),
        json!({ "claim": "visit_reschedule", "visit": door["visit"], "wish": slot }),
        json!({ "claim": "visit_plan", "visit": fresh(), "work_orders": [nobody], "crew": [], "slot": slot }),
        json!({
            "claim": "task_decide", "task": nobody,
            "decision": { "remedy": "call_customer", "by": device.person, "at": now },
        }),
    ];
    let others = others.into_iter().map(|value| {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
    });
    [file].into_iter().chain(others).collect()
}

#[tokio::test]
async fn every_claim_is_heard_from_exactly_these_roles() {
    let world = World::new();
    let table: Vec<Vec<&str>> = lines(CLAIMS).collect();
    for (letter, name) in ROLES {
        let mut device = world.device(name).await;
        for claim in claims(&world, &device) {
            let kind = serde_json::to_value(claim.kind()).unwrap();
            let row = table.iter().find(|row| kind == row[0]).unwrap_or_else(|| panic!("{kind}"));
            let decision = device.claim(&world, &claim).await;
            let heard = code(&decision) != "not_allowed";
            assert_eq!(heard, row[1].contains(letter), "{letter} {kind}: {}", code(&decision));
        }
    }
}

#[tokio::test]
async fn nobody_claims_or_records_in_another_persons_name() {
    let world = World::new();
    let mut device = world.device("周晓琳").await;
    let mut command = device.command(&world, &claims(&world, &device)[4]);
    command.person = world.person("林静");
    let answer = device.sync(&world, vec![], vec![command]).await.unwrap();
    assert!(answer.commands[0].decision.contains("not_allowed"));

    let mut named = lead(&world, &device, fresh());
    named["saved_by"] = json!(world.person("罗艳"));
    let claim = serde_json::from_value(json!({ "claim": "lead_save", "lead": named })).unwrap();
    assert!(device.claim(&world, &claim).await.is_executed());
    let other = world.device("罗艳").await;
    assert_eq!(other.rows_of::<Value>("lead"), Vec::<Value>::new(), "nor sends them anything");
}
