//! Measures the search over 100,000 generated cards in an encrypted database and checks every answer
//! to every name query of one to three characters against a truth kept in memory.
//!
//! `cargo run --release -p doorstep-store --example search_bench [-- <cards>]` prints a Markdown
//! table and fails if one answer differs.

#![allow(clippy::indexing_slicing, reason = "a measuring program may stop at its own mistake")]

use doorstep_domain::time::UtcMs;
use doorstep_store::{
    open::{self, Migration, Schema},
    search::{self, Entry},
    vault::RawKey,
};
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    time::{Duration, Instant},
};

const SURNAMES: &str = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 \
    程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 \
    金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 单 仇 解 区 查 盖 朴 尉迟 万俟 欧阳 上官 司马";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华玉建国文辉志红春梅晓东海燕鹏飞宇轩浩然子涵欣怡\
    梓萱雨泽博俊嘉诗琪思雅婷雪琳佳慧颖倩云龙凤波峰斌宁凯旭阳光荣德福祥瑞庆贵永长胜利新民家兴安康健成立行乐";
const ROADS: &str =
    "张江路 世纪大道 人民路 中山北路 解放路 建设大街 和平里 淮海中路 南京西路 陆家嘴环路";
const DISTRICTS: &str = "浦东新区 徐汇区 静安区 朝阳区 海淀区 天河区 南山区 武侯区 江宁区 西湖区";
const BRANDS: &str = "海尔 美的 格力 海信 西门子 小天鹅 容声 卡萨帝";

struct Card {
    id: String,
    name: String,
    phone: String,
    address: String,
    model: String,
    serial: String,
    updated_at: UtcMs,
}

/// A linear congruential sequence (Knuth's MMIX constants): the same cards on every run.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.db");
    let migrations = [Migration { number: 1, name: "search", sql: search::SCHEMA }];
    let schema = Schema { application_id: 1, migrations: &migrations };
    let key = RawKey::from_bytes([7; 32]);
    let database = open::open_encrypted(&path, &key, &schema, UtcMs(0))?.connection;

    let cards = cards(count);
    let (loaded, ()) = timed(|| load(&database, &cards))?;
    let (merged, ()) = timed(|| search::merge(&database))?;
    database.pragma_update(None, "wal_checkpoint", "truncate")?;
    drop(database);
    let bytes = std::fs::metadata(&path)?.len();
    println!(
        "{count} cards, encrypted: loaded in {} ms, merged in {} ms, file {} kB\n",
        loaded.as_millis(),
        merged.as_millis(),
        bytes / 1000
    );

    let database = open::open_reader(&path, Some(&key))?;
    latencies(&database, &cards)?;
    exactness(&database, &cards)
}

fn cards(count: usize) -> Vec<Card> {
    let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
    let (surnames, roads, districts, brands) =
        (words(SURNAMES), words(ROADS), words(DISTRICTS), words(BRANDS));
    let given: Vec<char> = GIVEN.chars().filter(|character| !character.is_whitespace()).collect();
    let mut sequence = Sequence(20_260_715);
    (0..count)
        .map(|number| {
            let length = 1 + usize::from(sequence.below(10) < 8);
            let given: String = (0..length).map(|_| given[sequence.below(given.len())]).collect();
            let days = sequence.below(3 * 365);
            Card {
                id: format!("{number:08}"),
                name: format!("{}{given}", sequence.pick(&surnames)),
                phone: format!("1{}{:09}", 3 + sequence.below(7), sequence.below(1_000_000_000)),
                address: format!(
                    "{}{}{}号{}室",
                    sequence.pick(&districts),
                    sequence.pick(&roads),
                    1 + sequence.below(900),
                    101 + sequence.below(3000)
                ),
                model: format!(
                    "{} BCD-{}WK{}",
                    sequence.pick(&brands),
                    200 + sequence.below(500),
                    sequence.below(90)
                ),
                serial: format!(
                    "CE{:03}{:010}",
                    sequence.below(1000),
                    sequence.below(2_000_000_000)
                ),
                updated_at: UtcMs(1_690_000_000_000).plus_ms(
                    i64::try_from(days).unwrap_or(0) * UtcMs::DAY
                        + i64::try_from(sequence.below(86_400_000)).unwrap_or(0),
                ),
            }
        })
        .collect()
}

fn load(database: &Connection, cards: &[Card]) -> Result<(), rusqlite::Error> {
    let serials: Vec<[&str; 1]> = cards.iter().map(|card| [card.serial.as_str()]).collect();
    let entries = cards.iter().zip(&serials).map(|(card, serials)| Entry {
        kind: "card",
        id: &card.id,
        name: &card.name,
        phone: &card.phone,
        address: &card.address,
        model: &card.model,
        serials,
        updated_at: card.updated_at,
    });
    let transaction = database.unchecked_transaction()?;
    search::index_all(&transaction, entries)?;
    transaction.commit()
}

/// One kind of query: its name, and what somebody looking for this card would type.
type Kind = (&'static str, fn(&Card) -> String);

fn latencies(database: &Connection, cards: &[Card]) -> Result<(), Box<dyn Error>> {
    let kinds: [Kind; 13] = [
        ("1 character of a name", |card| part(&card.name, 0, 1)),
        ("surname and one more", |card| part(&card.name, 0, 2)),
        ("given name", |card| part(&card.name, 1, 2)),
        ("3 characters", |card| part(&card.name, 0, 3)),
        ("2 characters of the address", |card| part(&card.address, 4, 2)),
        ("1 digit", |card| part(&card.phone, 2, 1)),
        ("first 3 of the phone", |card| part(&card.phone, 0, 3)),
        ("first 5 of the phone", |card| part(&card.phone, 0, 5)),
        ("last 4 of the phone", |card| part(&card.phone, 7, 4)),
        ("last 6 of the serial", |card| part(&card.serial, 9, 6)),
        ("name and first 3 of the phone", |card| {
            format!("{} {}", part(&card.name, 0, 2), part(&card.phone, 0, 3))
        }),
        ("pinyin", |card| pinyin(&card.name).0),
        ("initials", |card| pinyin(&card.name).1),
    ];
    println!(
        "| query, newest 20 | p50 µs | p95 µs | worst µs | hits, mean |\n|---|---|---|---|---|"
    );
    let mut sequence = Sequence(1);
    for (name, typed) in kinds {
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..1000 {
            let query = typed(&cards[sequence.below(cards.len())]);
            let (time, found) = timed(|| search::find(database, &query, 20))?;
            assert!(!found.is_empty(), "{name}: {query}");
            hits += found.len();
            times.push(time.as_micros());
        }
        times.sort_unstable();
        println!("| {name} | {} | {} | {} | {} |", times[499], times[949], times[999], hits / 1000);
    }
    Ok(())
}

/// Every distinct run of one to three characters of a name, against every field of every card.
fn exactness(database: &Connection, cards: &[Card]) -> Result<(), Box<dyn Error>> {
    let mut truth: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for card in cards {
        for part in parts(&card.name) {
            truth.entry(part).or_default();
        }
    }
    for card in cards {
        for field in [&card.name, &card.phone, &card.address, &card.model, &card.serial] {
            for part in parts(field) {
                if let Some(ids) = truth.get_mut(&part) {
                    ids.insert(&card.id);
                }
            }
        }
    }
    let (mut wrong, mut hits, mut times) = (0, 0, Vec::new());
    for (query, ids) in &truth {
        let (time, found) = timed(|| search::find(database, query, usize::MAX))?;
        let sorted = found.is_sorted_by(|a, b| a.updated_at >= b.updated_at);
        let found: BTreeSet<&str> = found.iter().map(|hit| hit.id.as_str()).collect();
        hits += found.len();
        times.push(time.as_micros());
        if found != *ids || !sorted {
            wrong += 1;
            eprintln!("{query}: {} found, {} true, newest first: {sorted}", found.len(), ids.len());
        }
    }
    times.sort_unstable();
    println!(
        "\n{} distinct name queries of 1 to 3 characters, all hits: {hits} hits, {wrong} wrong answers, p50 {} µs, p95 {} µs",
        truth.len(),
        times[times.len() / 2],
        times[times.len() * 95 / 100]
    );
    if wrong == 0 { Ok(()) } else { Err("some answers differ from the truth".into()) }
}

fn parts(text: &str) -> BTreeSet<String> {
    let characters: Vec<char> = text.chars().collect();
    (1..=3).flat_map(|length| characters.windows(length).map(String::from_iter)).collect()
}

fn part(text: &str, from: usize, length: usize) -> String {
    text.chars().skip(from).take(length).collect()
}

/// Full pinyin and initials by the common readings, as somebody who does not know better types them.
fn pinyin(name: &str) -> (String, String) {
    use pinyin::ToPinyin;
    let readings: Vec<&str> = name.to_pinyin().flatten().map(pinyin::Pinyin::plain).collect();
    (
        readings.concat().replace('ü', "v"),
        readings.iter().map(|reading| part(reading, 0, 1)).collect(),
    )
}

#[allow(clippy::disallowed_methods, reason = "a stopwatch is what this program is for")]
fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(Duration, T), E> {
    let start = Instant::now();
    let done = work()?;
    Ok((start.elapsed(), done))
}
