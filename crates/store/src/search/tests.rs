use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const NOON: UtcMs = UtcMs(1_790_000_000_000);

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

fn ids(connection: &Connection, query: &str) -> BTreeSet<String> {
    find(connection, query, usize::MAX).unwrap().into_iter().map(|hit| hit.id).collect()
}

fn card<'a>(id: &'a str, name: &'a str) -> Entry<'a> {
    Entry { kind: "card", id, name, updated_at: NOON, ..Entry::default() }
}

/// Names as they occur: two to four characters, double surnames, dots, rare characters beyond the
/// basic plane, Latin letters, digits, one company.
fn generated_names(count: usize) -> Vec<String> {
    let surnames: Vec<&str> =
        "王 李 张 刘 陈 杨 赵 黄 周 吴 曾 单 仇 解 区 查 尉迟 万俟 欧阳 𠮷 A".split(' ').collect();
    let given: Vec<char> =
        "伟明芳娜敏静丽强磊军洋勇艳杰娟涛超秀兰霞平刚桂英华玉𫍯·a1乐行".chars().collect();
    let mut state = 20_260_715_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut names: Vec<String> = (0..count)
        .map(|_| {
            let surname = surnames[next(surnames.len())];
            let length = 1 + next(3);
            let given: String = (0..length).map(|_| given[next(given.len())]).collect();
            format!("{surname}{given}")
        })
        .collect();
    names.extend(
        ["买买提·阿卜杜拉", "Tom Lee", "苏州市工业园区海尔专卖店", "ＡＢＣ电器"].map(String::from),
    );
    names
}

#[test]
fn any_one_to_three_characters_of_a_name_find_what_like_finds() {
    let connection = database();
    let names = generated_names(3000);
    let numbered: Vec<(String, String)> = (0..names.len())
        .map(|number| (number.to_string(), format!("1380013{number:04}")))
        .collect();
    let entries = names.iter().zip(&numbered).map(|(name, (id, phone))| Entry {
        phone,
        address: "浦东新区张江路12号",
        ..card(id, name)
    });
    index_all(&connection, entries).unwrap();
    connection.execute_batch("CREATE TABLE truth (id TEXT, name TEXT, other TEXT)").unwrap();
    for (number, name) in names.iter().enumerate() {
        let other = format!("1380013{number:04}\n浦东新区张江路12号");
        connection
            .execute("INSERT INTO truth VALUES (?1, ?2, ?3)", (number.to_string(), name, other))
            .unwrap();
    }
    let mut queries = BTreeSet::new();
    for name in &names {
        let characters: Vec<char> = name.chars().collect();
        for length in 1..=3 {
            queries.extend(characters.windows(length).map(String::from_iter));
        }
    }
    queries.retain(|query| !query.contains(' '));
    assert!(queries.len() > 3000);
    let mut like = connection
        .prepare(
            "SELECT id, name LIKE ?1 AS by_name FROM truth WHERE name LIKE ?1 OR other LIKE ?1",
        )
        .unwrap();
    for query in &queries {
        let rows = like
            .query_map([format!("%{query}%")], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
            })
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let by_name: BTreeSet<String> =
            rows.iter().filter(|row| row.1).map(|row| row.0.clone()).collect();
        let anywhere: BTreeSet<String> = rows.into_iter().map(|row| row.0).collect();
        let found = ids(&connection, query);
        assert!(found.is_superset(&by_name), "{query}: missed {:?}", by_name.difference(&found));
        // Full-width letters are typed as plain ones and letters may be pinyin: more than LIKE, wanted.
        if query.chars().all(|character| !character.is_ascii_alphabetic() && character < '\u{FF00}')
        {
            assert!(found.is_subset(&anywhere), "{query}: {:?}", found.difference(&anywhere));
        }
        if query.chars().all(|character| ('一'..='\u{9fff}').contains(&character)) {
            assert_eq!(found, anywhere, "{query}");
        }
    }
}

#[test]
fn pinyin_and_initials_follow_the_surname() {
    let connection = database();
    let names = [
        ("1", "曾伟明"),
        ("2", "单国强"),
        ("3", "尉迟恭"),
        ("4", "万俟卨"),
        ("5", "吕秀兰"),
        ("6", "欧阳娜娜"),
        ("7", "解晓东"),
        ("8", "张乐"),
    ];
    for (id, name) in names {
        index(&connection, &card(id, name)).unwrap();
    }
    for (query, id) in [
        ("zengweiming", "1"),
        ("zwm", "1"),
        ("zw", "1"),
        ("weiming", "1"),
        ("wm", "1"),
        ("ZengWei", "1"),
        ("zeng ming", "1"),
        ("shan", "2"),
        ("sgq", "2"),
        ("yuchi", "3"),
        ("ycg", "3"),
        ("moqi", "4"),
        ("lvxiu", "5"),
        ("luxiu", "5"),
        ("lyuxiulan", "5"),
        ("oynn", "6"),
        ("ouyangn", "6"),
        ("xiexiaodong", "7"),
        ("zhangle", "8"),
        ("zhangyue", "8"),
    ] {
        assert!(ids(&connection, query).contains(id), "{query}: {:?}", ids(&connection, query));
    }
    for query in ["zwx", "engwei", "zengweimingx", "伟ming"] {
        assert!(ids(&connection, query).is_empty(), "{query}");
    }
}

#[test]
fn numbers_are_found_by_their_beginning_and_their_end() {
    let connection = database();
    let first = Entry {
        phone: "138-0013-8000",
        model: "海尔 BCD-602WKGPZM",
        serials: &["CE0JT0E0000001Z9", "SN·7788990011"],
        address: "浦东新区张江路１２号",
        ..card("1", "张伟明")
    };
    index(&connection, &first).unwrap();
    let second = Entry { phone: "13912345678", ..card("2", "李伟明") };
    index(&connection, &second).unwrap();
    for query in [
        "138",
        "8000",
        "伟明 138",
        "138 伟",
        "BCD-602",
        "bcd",
        "602wk",
        "602WKGPZM",
        "海尔 BCD",
        "ce0jt",
        "0001z9",
        "990011",
        "sn·77",
        "张江路12",
        "12号",
        "张伟明 bcd 8000",
    ] {
        assert_eq!(ids(&connection, query), BTreeSet::from(["1".to_owned()]), "{query}");
    }
    assert_eq!(ids(&connection, "伟明").len(), 2);
    assert_eq!(ids(&connection, "5678"), BTreeSet::from(["2".to_owned()]));
    assert!(ids(&connection, "伟明 999").is_empty(), "every term must match");
}

#[test]
fn the_newest_come_first_also_after_a_change_and_nothing_removed_comes() {
    let connection = database();
    let phone = "13800138000";
    for number in 0..200_i64 {
        let id = number.to_string();
        // Half of them at the same instant.
        let updated_at = NOON.plus_ms((number % 100) * 1000 * (number % 2));
        index(&connection, &Entry { phone, updated_at, ..card(&id, "王芳") }).unwrap();
    }
    let hits = find(&connection, "王芳", usize::MAX).unwrap();
    assert_eq!(hits.len(), 200);
    assert!(hits.is_sorted_by(|a, b| a.updated_at >= b.updated_at));
    assert_eq!(find(&connection, "138", 20).unwrap(), hits[..20]);

    let newest = NOON.plus_ms(UtcMs::DAY);
    index(&connection, &Entry { updated_at: newest, ..card("0", "王方") }).unwrap();
    let hits = find(&connection, "王", 1).unwrap();
    assert_eq!(hits, [Hit { kind: "card".into(), id: "0".into(), updated_at: newest }]);
    assert!(!ids(&connection, "王芳").contains("0"), "found by its new name only");

    remove(&connection, "card", "0").unwrap();
    remove(&connection, "card", "0").unwrap();
    merge(&connection).unwrap();
    assert!(ids(&connection, "王方").is_empty());
    assert_eq!(ids(&connection, "王芳").len(), 199);
}

#[test]
fn kinds_are_told_apart() {
    let connection = database();
    index(&connection, &card("1", "张伟明")).unwrap();
    index(&connection, &Entry { kind: "order", ..card("1", "张伟明") }).unwrap();
    assert_eq!(find(&connection, "张", 9).unwrap().len(), 2);
    assert_eq!(find_kinds(&connection, &["order"], "张", 9).unwrap().len(), 1);
    remove(&connection, "card", "1").unwrap();
    assert!(find_kinds(&connection, &["card"], "张", 9).unwrap().is_empty());
}

#[test]
fn syntax_is_text() {
    let connection = database();
    for (id, name) in
        [("1", "王 OR 李"), ("2", "\"NEAR(赵"), ("3", "a*b-c:d^e"), ("4", "😀店"), ("5", "·")]
    {
        index(&connection, &card(id, name)).unwrap();
    }
    for (query, expected) in [
        ("王 OR 李", "1"),
        ("\"NEAR(", "2"),
        ("*b-", "3"),
        ("c:d", "3"),
        ("^", "3"),
        ("😀", "4"),
        ("·", "5"),
        ("\"", "2"),
    ] {
        assert!(ids(&connection, query).contains(expected), "{query}");
    }
    for query in
        ["", "   ", "\u{3000}", "words:王", "NOT", "%", "_", "\0", "'; DROP TABLE search_row"]
    {
        assert!(ids(&connection, query).is_empty(), "{query:?}");
    }
}

#[test]
fn every_common_character_is_a_letter_to_the_tokenizer() {
    let connection = database();
    let characters: Vec<String> = ('\u{4E00}'..='\u{9FA5}').map(String::from).collect();
    for (row, some) in (1..).zip(characters.chunks(1000)) {
        connection
            .execute(
                "INSERT INTO search_word (rowid, words) VALUES (?1, ?2)",
                (row, some.join(" ")),
            )
            .unwrap();
    }
    let mut statement =
        connection.prepare("SELECT rowid FROM search_word WHERE search_word MATCH ?1").unwrap();
    for (row, some) in (1_i64..).zip(characters.chunks(1000)) {
        for character in some {
            let found: i64 =
                statement.query_row([format!("\"{character}\"")], |row| row.get(0)).unwrap();
            assert_eq!(found, row, "{character}");
        }
    }
}

#[test]
fn extreme_dates_are_no_trouble() {
    let connection = database();
    for (number, ms) in [i64::MAX, i64::MAX, i64::MAX - 1, 0, -5, i64::MIN].into_iter().enumerate()
    {
        let id = number.to_string();
        index(&connection, &Entry { updated_at: UtcMs(ms), ..card(&id, "赵") }).unwrap();
    }
    assert_eq!(ids(&connection, "赵").len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is stored and asked, nothing fails; what is stored is found by itself.
    #[test]
    fn arbitrary_text_never_fails(name in "\\PC{0,12}", other in any::<String>(), query in any::<String>()) {
        let connection = database();
        let serials = [other.as_str(), name.as_str()];
        let entry = Entry { phone: &other, address: &other, model: &name, serials: &serials, ..card("1", &name) };
        index(&connection, &entry).unwrap();
        find(&connection, &query, 20).unwrap();
        let found = find(&connection, &name, 20).unwrap();
        prop_assert_eq!(found.is_empty(), name.trim().is_empty(), "{:?}", name);
        for start in 0..name.chars().count() {
            let part: String = name.chars().skip(start).take(3).collect();
            let found = find(&connection, &part, 20).unwrap();
            prop_assert_eq!(found.is_empty(), part.trim().is_empty(), "{:?} in {:?}", part, name);
        }
    }
}
