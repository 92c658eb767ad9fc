//! What devices should hold, as sums: kept right through everything HQ does, exact to the buckets
//! of each person, and told only where they differ.

use axum::http::Method;
use doorstep_domain::facts::{DocKind, FieldEdit};
use doorstep_store::held::Sums;
use doorstep_sync::{
    client::{Standing, request},
    wire::{SyncResponse, pack, unpack},
};

use crate::{
    batches::lead,
    common::{Device, World, checked_sums},
};

async fn exchange(world: &World, device: &Device, digest: u128) -> SyncResponse {
    let standing = Standing {
        epoch: device.epoch,
        cursor: device.cursor,
        key_list: u64::MAX,
        digest: Some(digest.to_be_bytes()),
    };
    let body = pack(&request(standing, None, vec![])).unwrap();
    assert!(body.len() <= 200, "{} bytes up", body.len());
    let answer = device.call(world, Method::POST, "/v1/sync", &[], body).await;
    unpack(&answer.body).unwrap()
}

#[tokio::test]
async fn the_sums_follow_the_feed_and_only_those_who_see_a_change_have_others() {
    let world = World::new();
    let (mut tablet, mut clerk) = (world.device("周晓琳").await, world.device("林静").await);
    let before = checked_sums(&world);
    assert!(before.len() > 3 && before.iter().all(|(_, sums)| sums.total() != 0));
    let order = world.door("work_order");
    for round in 0..3 {
        let edit = [FieldEdit::new("notes", format!("n{round}"), "听到异响")];
        let push = tablet.edit(DocKind::WorkOrder, order, &edit, world.now());
        let claim = tablet.command(&world, &lead(&world, tablet.person));
        tablet.sync(&world, vec![push], vec![claim]).await.unwrap();
        clerk.sync(&world, vec![], vec![]).await;
        tablet.sync(&world, vec![], vec![]).await;
        checked_sums(&world);
    }
    let after = checked_sums(&world);
    let changed = |name: &str| {
        let of = |all: &[(String, Sums)]| {
            all.iter().find(|(person, _)| person == name).map(|(_, sums)| sums.total()).unwrap()
        };
        of(&before) != of(&after)
    };
    assert!(changed("周晓琳") && changed("林静"), "both see the order");
    let untouched = after.iter().filter(|(name, _)| !changed(name)).count();
    assert!(untouched > 0, "others' sums say nothing of it");
}

#[tokio::test]
async fn equal_digests_are_passed_over_and_another_one_is_answered_with_the_sums() {
    let world = World::new();
    let device = world.device("周晓琳").await;
    let right = checked_sums(&world).into_iter().find(|(name, _)| name == "周晓琳").unwrap().1;
    let same = exchange(&world, &device, right.total()).await;
    assert_eq!((same.held, same.page.items.len()), (None, 0), "nothing to say");
    let other = exchange(&world, &device, right.total() ^ 1).await;
    let told = Sums::from_bytes(&other.held.unwrap()).unwrap();
    assert_eq!(told, right, "the sums of what this person may see, and of nothing else");

    let mut behind = device.clone();
    (behind.cursor.docs, behind.cursor.held) = (0, 0);
    let pulling = exchange(&world, &behind, 1).await;
    assert!(pulling.held.is_none(), "a device that is not at the end is not compared");
}
