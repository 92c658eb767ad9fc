//! Who receives what of one household, and what is left of it to a crew it is taken from.

use axum::http::{Method, StatusCode};
use doorstep_domain::facts::{DocKind, FieldEdit};
use doorstep_hq::{execute::claims::card::CardCodeRow, server::MediaRow};
use doorstep_sync::wire::FeedItem;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    household::{Household, payment},
    lines,
};
use crate::common::{Device, code, fresh};

/// What of one household with an order reaches whom. Columns: its crew, an engineer of the same
/// store, the store's clerk, the coordinator above, an engineer and the clerk of another store.
const SEEN: &str = "
    row visit       y - y y - -
    row work_order  y - y y - -
    row customer    y - y y - -
    row site        y - y y - -
    row asset       y y y y - -
    row card        y y y y - -
    row card_code   y y y y - -
    row order       y - y y - -
    row payment     y - y y - -
    row lead        y - y y - -
    row task        y - y y - -
    row store_key   - - y y - -
    row photo_order y - y y - -
    row photo_asset y y y y - -
    row photo_card  y y y y - -
    row mate        y y y y - -
    row unit        y y y y y y
    row bundle      y y y y y y
    doc work_order  y - y y - -
    doc asset       y y y y - -
    doc card        y y y y - -
    get photo_order y - y y - -
    get photo_asset y y y y - -
    get photo_card  y y y y - -
    put work_order  y - y y - -
    put asset       y y y y - -
    put card        y y y y - -
    end visit       y - - - - -
    log order       y - y y - -
";
const VIEWERS: [&str; 6] = ["周晓琳", "陈志强", "林静", "沈婷", "何伟", "罗艳"];

impl Household {
    /// Whether this person's device has, gets or may do the thing of one line of [`SEEN`].
    async fn may(&self, device: &mut Device, what: &str, name: &str) -> bool {
        let world = &self.world;
        match (what, name) {
            ("row", photo) if photo.starts_with("photo") => {
                let (hash, subject) = self.photo(photo);
                let rows: Vec<MediaRow> = device.rows_of("media");
                rows.iter().any(|row| row.hash == hash && row.subject == subject)
            }
            ("row", "mate") => device.row::<Value>("person", world.person("马超").0).is_some(),
            ("row", "unit") => device.row::<Value>("org_unit", world.door("store")).is_some(),
            ("row", "bundle") => !device.rows_of::<Value>("bundle").is_empty(),
            ("row", "task") => device
                .rows_of::<Value>("task")
                .iter()
                .any(|task| task["subject"]["visit"] == json!(world.door("visit"))),
            ("row", "store_key") => device
                .rows_of::<Value>("store_key")
                .iter()
                .any(|k| k["store"] == json!(world.door("store"))),
            ("row", "order") => device.row::<Value>("order", self.order).is_some(),
            ("row", "payment") => device.row::<Value>("payment", self.payment).is_some(),
            ("row", "lead") => device.row::<Value>("lead", self.lead).is_some(),
            ("row", "card_code") => {
                device.row::<CardCodeRow>("card_code", world.door("card")).is_some()
            }
            ("row", kind) => device.row::<Value>(kind, world.door(kind)).is_some(),
            ("doc", kind) => device.docs.contains_key(&world.door(kind)),
            ("get", photo) => {
                let path = format!("/v1/media/{}", self.photo(photo).0);
                let got = device.call(world, Method::GET, &path, &[], vec![]).await;
                let head = device.call(world, Method::HEAD, &path, &[], vec![]).await;
                assert_eq!(got.status, head.status, "{photo}");
                got.status == StatusCode::OK
            }
            ("put", kind) => {
                let hash = hex::encode(Sha256::digest(fresh().as_bytes()));
                let told = device.announce(world, world.door(kind), &hash, 10).await;
                let part = device.piece(world, &hash, 0, b"01234").await;
                assert_eq!(told.status.is_success(), part.status.is_success(), "{kind}");
                told.status == StatusCode::CREATED
            }
            ("end", "visit") => {
                let visit = world.door("visit");
                let claim =
                    json!({ "claim": "visit_end", "visit": visit, "code": "no_show", "at": 1 });
                let claim = serde_json::from_value(claim).unwrap();
                let decision = device.claim(world, &claim).await;
                // Heard, and sent back for what it lacks.
                code(&decision) == "evidence_missing"
            }
            ("log", "order") => {
                let claim = payment(world, device, fresh(), json!(self.order));
                let claim = json!({ "claim": "payment_record", "payment": claim });
                device.claim(world, &serde_json::from_value(claim).unwrap()).await.is_executed()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_hangs_on_a_household_reaches_exactly_these_people() {
    let household = Household::new().await;
    let mut wrong = Vec::new();
    for (column, name) in VIEWERS.into_iter().enumerate() {
        let mut device = household.world.device(name).await;
        for line in lines(SEEN) {
            let expected = line[2 + column] == "y";
            let may = household.may(&mut device, line[0], line[1]).await;
            if may != expected {
                wrong.push(format!("{name}: {} {} = {may}", line[0], line[1]));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_visit_moved_to_another_engineer_leaves_the_old_one_nothing() {
    let household = Household::new().await;
    let world = &household.world;
    let (mut old, mut new) = (world.device("周晓琳").await, world.device("陈志强").await);
    let mut desk = world.device("沈婷").await;
    let held = old.clone();
    let now = world.now().0;
    // Both visits of the work order: the one of the sample and the one the order planned.
    let visits: Vec<Value> = desk
        .rows_of::<Value>("visit")
        .into_iter()
        .filter(|visit| visit["work_orders"] == json!([world.door("work_order")]))
        .collect();
    assert_eq!(visits.len(), 2);
    for visit in &visits {
        let plan = json!({
            "claim": "visit_plan", "visit": visit["id"], "crew": [new.person],
            "slot": { "start": now + 3_600_000, "end": now + 7_200_000 },
        });
        let decision = desk.claim(world, &serde_json::from_value(plan).unwrap()).await;
        assert!(decision.is_executed(), "{}", code(&decision));
    }
    old.sync(world, vec![], vec![]).await;
    new.sync(world, vec![], vec![]).await;
    for line in lines(SEEN).filter(|line| line[2..4] == ["y", "-"]) {
        let (what, name) = (line[0], line[1]);
        // What the engineer brought in himself (a lead, a payment, a task) stays his.
        let own = matches!(name, "payment" | "lead" | "task") || (what, name) == ("log", "order");
        // The test's device keeps documents it was told to remove, so the telling counts.
        let left = match what {
            "doc" => !old.gone.contains(&(name.to_owned(), world.door(name))),
            _ => household.may(&mut old, what, name).await,
        };
        assert!(!left || own, "the old engineer still has {what} {name}");
        let arrived = household.may(&mut new, what, name).await;
        assert!(arrived || own, "the new engineer lacks {what} {name}");
    }

    // What the old tablet remembers opens nothing.
    let order = world.door("work_order");
    let mut held = held;
    held.last = old.last;
    let note = |text: &str| {
        let edit = [FieldEdit::new("notes", "n9/text", text)];
        held.edit(DocKind::WorkOrder, order, &edit, world.now())
    };
    let (late, too_late) = (note("x"), note("y"));
    let answer = old.sync(world, vec![late], vec![]).await.unwrap();
    assert!(answer.refused.is_empty(), "work done before the loss was heard of is taken in");
    world.pass(doorstep_hq::execute::LATE_WORK_MS + 1);
    let answer = old.sync(world, vec![too_late], vec![]).await.unwrap();
    assert_eq!(answer.refused[0].code, "not_allowed");
    let standing = doorstep_sync::client::Standing {
        epoch: old.epoch,
        cursor: old.cursor,
        key_list: 0,
        digest: None,
    };
    let want = doorstep_sync::client::request(standing, None, vec![order]);
    let body = doorstep_sync::wire::pack(&want).unwrap();
    let answer = old.call(world, Method::POST, "/v1/sync", &[], body).await;
    let items = old.take(&answer).page.items;
    assert!(!items.iter().any(|item| matches!(item, FeedItem::Doc { id, .. } if *id == order)));
}
