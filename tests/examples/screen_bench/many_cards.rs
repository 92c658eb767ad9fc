//! Cards in a tablet's database as if HQ had sent them, without the hours of issuing them.

use doorstep_store::device::{self, FeedEntry};
use doorstep_tests::device::Device;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧";
const GIVEN: &str =
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华玉建国文辉志红春梅晓东海燕鹏飞";
/// Cards written in one transaction.
const AT_ONCE: u32 = 10_000;

/// Gives a stopped tablet so many cards more, each of a customer of its own, modelled on one it
/// holds.
pub fn add(tablet: &Device, cards: u32) {
    let mut conn = tablet.database();
    let (card, customer) = (first(&conn, "card"), first(&conn, "customer"));
    for from in (0..cards).step_by(AT_ONCE as usize) {
        let entries: Vec<FeedEntry> = (from..cards.min(from + AT_ONCE))
            .flat_map(|number| {
                let owner = Uuid::from_u128(u128::from(number) + (1 << 100));
                let mut customer = customer.clone();
                customer["id"] = json!(owner);
                customer["name"] = json!(name(number));
                customer["phones"] =
                    json!([format!("139{:08}", u64::from(number) * 7919 % 100_000_000)]);
                let mut card = card.clone();
                card["id"] = json!(Uuid::from_u128(u128::from(number) + (1 << 101)));
                card["customer"] = json!(owner);
                card["asset"] = Value::Null;
                card["serials"] = json!([format!("MANY{number:010}")]);
                [("customer", owner, customer), ("card", uuid_of(&card), card)]
            })
            .map(|(kind, id, body)| FeedEntry::Row {
                kind: kind.to_owned(),
                id,
                version: 1,
                body: body.to_string(),
            })
            .collect();
        let tx = conn.transaction().expect("a transaction");
        device::apply_feed(&tx, &entries).expect("written");
        tx.commit().expect("committed");
    }
    let mut due = true;
    while due {
        let tx = conn.transaction().expect("a transaction");
        due = device::index_due(&tx, AT_ONCE as usize).expect("indexed");
        tx.commit().expect("committed");
    }
}

/// Names that some of the cards carry, spread over all of them.
pub fn some_names(count: u32) -> Vec<String> {
    (0..count).map(|number| name(number * 499)).collect()
}

fn name(number: u32) -> String {
    let at = |text: &str, place: u32| {
        let characters: Vec<char> = text.chars().collect();
        characters[place as usize % characters.len()]
    };
    let mixed = number.wrapping_mul(2_654_435_761) >> 8;
    [at(SURNAMES, mixed), at(GIVEN, mixed / 30), at(GIVEN, mixed / 1200)].iter().collect()
}

fn uuid_of(record: &Value) -> Uuid {
    record["id"].as_str().and_then(|id| id.parse().ok()).expect("an identity")
}

fn first(conn: &Connection, kind: &str) -> Value {
    let rows = device::rows_of_kind(conn, kind).expect("rows");
    rows.first().expect("HQ has sent one").record().expect("JSON")
}
