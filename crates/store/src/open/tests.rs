use super::*;
use crate::rescue::{self, RescueNoise};
use std::{
    fs,
    io::{Seek, SeekFrom, Write},
};

const APPLICATION: u32 = 0xD0_0D_57_E9;
const NOON: UtcMs = UtcMs(1_790_000_000_000);
const FIRST: Migration<'_> = Migration {
    number: 1,
    name: "outbox",
    sql: "CREATE TABLE outbox (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;",
};
const SECOND: Migration<'_> = Migration {
    number: 2,
    name: "kind",
    sql: "ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'edit';",
};

fn schema<'a>(migrations: &'a [Migration<'a>]) -> Schema<'a> {
    Schema { application_id: APPLICATION, migrations }
}

fn key() -> RawKey {
    RawKey::from_bytes([42; 32])
}

/// A closed database with `rows` rows of unsent work, about two to a page.
fn filled(path: &Path, rows: u32) {
    let opened = open_encrypted(path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap();
    let transaction = opened.connection.unchecked_transaction().unwrap();
    for number in 1..=rows {
        let body = format!("张伟明 13800138000 {number:05} {}", "x".repeat(1500));
        transaction
            .execute("INSERT INTO outbox (number, body) VALUES (?1, ?2)", (number, body))
            .unwrap();
    }
    transaction.commit().unwrap();
}

/// Overwrites bytes in the middle of one page of 4096 bytes, counted from 0.
fn damage_page(path: &Path, page: u64) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(page * 4096 + 1000)).unwrap();
    file.write_all(&[0; 64]).unwrap();
    file.sync_all().unwrap();
}

#[test]
fn a_new_database_is_encrypted_durable_and_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    let opened = open_encrypted(&path, &key(), &schema(&[FIRST]), NOON).unwrap();
    assert!(opened.created);
    assert_eq!((opened.found_version, opened.version), (0, 1));
    let pragma = |name: &str| -> String {
        opened
            .connection
            .query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| {
                row.get(0)
            })
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2", "FULL");
    assert_eq!(pragma("foreign_keys"), "1");
    assert_eq!(pragma("temp_store"), "2", "memory");
    drop(opened);

    let opened = open_encrypted(&path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap();
    assert!(!opened.created);
    assert_eq!((opened.found_version, opened.version), (1, 2));
    let names: String = opened
        .connection
        .query_row("SELECT group_concat(name ORDER BY number) FROM schema_migration", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(names, "outbox,kind");
}

#[test]
fn no_file_holds_plaintext() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    let opened = open_encrypted(&path, &key(), &schema(&[FIRST]), NOON).unwrap();
    opened
        .connection
        .execute("INSERT INTO outbox VALUES (1, '张伟明 13800138000 浦东新区')", [])
        .unwrap();
    assert_eq!(damage(&opened.connection).unwrap(), Vec::<String>::new(), "rows in the log");
    // The log still holds the row: both files are looked at.
    let mut seen = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for needle in ["伟明", "13800138000", "浦东", "outbox", "SQLite format 3"] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()));
        }
        assert!(!bytes.windows(32).any(|window| window == key().expose()));
        seen += 1;
    }
    assert!(seen >= 2, "database and log");
}

#[test]
fn a_newer_or_foreign_database_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    filled(&path, 3);
    let before = fs::read(&path).unwrap();
    let error = open_encrypted(&path, &key(), &schema(&[FIRST]), NOON).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1 }), "{error}");
    let other = Schema { application_id: 7, migrations: &[FIRST, SECOND] };
    let error = open_encrypted(&path, &key(), &other, NOON).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { found: APPLICATION, expected: 7 }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_failed_migration_leaves_the_version_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hq.db");
    let broken = Migration {
        number: 2,
        name: "broken",
        sql: "CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE half (b INTEGER) STRICT;",
    };
    let error = open_plain(&path, &schema(&[FIRST, broken]), NOON).unwrap_err();
    assert!(matches!(&error, OpenError::Migration { number: 2, .. }), "{error}");
    let opened = open_plain(&path, &schema(&[FIRST, SECOND]), NOON).unwrap();
    assert_eq!((opened.found_version, opened.version), (1, 2));
    assert_eq!(damage(&opened.connection).unwrap(), Vec::<String>::new(), "plain, rows in the log");
    let error = open_plain(&path, &schema(&[SECOND]), NOON).unwrap_err();
    assert!(matches!(error, OpenError::OutOfOrder { number: 2 }), "{error}");
}

#[test]
fn a_reader_reads_and_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    assert!(open_reader(&path, Some(&key())).is_err() && !path.exists(), "nothing is created");
    filled(&path, 3);
    let reader = open_reader(&path, Some(&key())).unwrap();
    let rows: u32 = reader.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 3);
    assert!(reader.execute("DELETE FROM outbox", []).is_err());
    let wrong = open_reader(&path, Some(&RawKey::from_bytes([43; 32]))).unwrap_err();
    assert!(matches!(wrong, OpenError::Damaged { .. }), "{wrong}");
}

#[test]
fn a_damaged_page_is_found_the_file_moved_aside_and_the_work_salvaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    filled(&path, 200);
    let unsent = b"all of the unsent work".as_slice();
    let hq = crypto_box::SecretKey::from_bytes([5; 32]);
    let noise =
        RescueNoise { content_key: [1; 32], ephemeral: [2; 32], wrap: [3; 24], content: [4; 24] };
    let sealed = rescue::seal(unsent, hq.public_key().as_bytes(), &key(), &noise).unwrap();
    let rescue_path = folder.path().join("unsent.rescue");
    rescue::store(&rescue_path, &sealed).unwrap();

    let sound = open_encrypted(&path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap();
    assert_eq!(damage(&sound.connection).unwrap(), Vec::<String>::new());
    drop(sound);

    damage_page(&path, 60);
    let opened = open_encrypted(&path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap();
    let error = opened
        .connection
        .query_row("SELECT sum(length(body)) FROM outbox", [], |row| row.get::<_, i64>(0))
        .unwrap_err();
    assert_eq!(Fault::of(&error), Fault::Damaged, "{error:?}");
    assert!(!damage(&opened.connection).unwrap().is_empty());
    drop(opened);

    let moved = move_aside(&path, NOON).unwrap();
    assert!(!path.exists() && moved.database.exists());
    assert!(moved.folder.ends_with("damaged-20260921T141320Z"), "{:?}", moved.folder);
    let mut numbers = Vec::new();
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT number, body FROM outbox ORDER BY number {order}");
        let salvaged = rescue::salvage_rows(&moved.database, &key(), &sql, |row| {
            numbers.push(row.get::<_, u32>(0)?);
            Ok(())
        });
        assert!(salvaged.rows > 0 && salvaged.stopped_by.is_some(), "{salvaged:?}");
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert!((190..200).contains(&numbers.len()), "all but one page: {}", numbers.len());

    let fresh = open_encrypted(&path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap();
    assert!(fresh.created);
    let sealed = fs::read(&rescue_path).unwrap();
    assert_eq!(rescue::open_with_key(&sealed, &key()).unwrap().as_slice(), unsent);
}

#[test]
fn a_ruined_first_page_is_damage_and_two_moves_keep_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    let mut folders = Vec::new();
    for _ in 0..2 {
        filled(&path, 3);
        damage_page(&path, 0);
        let error = open_encrypted(&path, &key(), &schema(&[FIRST, SECOND]), NOON).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        let salvaged = rescue::salvage_rows(&path, &key(), "SELECT number FROM outbox", |_| Ok(()));
        assert_eq!(salvaged.rows, 0);
        folders.push(move_aside(&path, NOON).unwrap().database);
    }
    assert!(folders[0] != folders[1] && folders.iter().all(|file| file.exists()));
}

#[test]
fn a_move_cut_short_never_gives_an_old_log_to_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorstep.db");
    let opened = open_encrypted(&path, &key(), &schema(&[FIRST]), NOON).unwrap();
    opened.connection.execute("INSERT INTO outbox VALUES (1, 'only in the log')", []).unwrap();
    // As a kill would leave it: the database and its log copied while both are in use.
    let cut = tempfile::tempdir().unwrap();
    for name in ["doorstep.db", "doorstep.db-wal"] {
        fs::copy(folder.path().join(name), cut.path().join(name)).unwrap();
    }
    drop(opened);
    let path = cut.path().join("doorstep.db");
    let aside = cut.path().join("damaged-20260921T141320Z");
    fs::create_dir(&aside).unwrap();
    fs::rename(&path, aside.join("doorstep.db")).unwrap();

    let fresh = open_encrypted(&path, &key(), &schema(&[FIRST]), NOON).unwrap();
    let rows: u32 =
        fresh.connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 0);
    let mut bodies = Vec::new();
    let salvaged = rescue::salvage_rows(
        &aside.join("doorstep.db"),
        &key(),
        "SELECT body FROM outbox",
        |row| {
            bodies.push(row.get::<_, String>(0)?);
            Ok(())
        },
    );
    assert_eq!((salvaged.rows, bodies), (1, vec!["only in the log".to_owned()]));
}
