//! Publishing reference data: TOML files become checked, signed, immutable bundles that every
//! device receives, before the first day on which they apply if need be.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use doorstep_domain::{
    books::{Books, BooksError, BundleKind},
    inspection::Checklist,
    lease::LeaseBook,
    org::Bucket,
    repair::RepairBook,
    scenario::ScenarioBook,
    steps::{ReasonBook, StepBook},
    time::{Date, DayRange, UtcMs},
    trust::Signed,
    valuation::ValuationTable,
    vocabulary::{DataError, SourceFile, Vocabulary},
    words::Words,
};
use doorstep_store::{
    error::StoreError,
    ledger::bundles::{self, Published},
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    home::Home,
    keys::{self, KeyError, Signer},
    pools,
    records::{self, derived_id, kind},
};

/// The row of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleRow {
    /// What it holds: `catalogue`, `valuation`, `fees`, `rules`, `checklists`, `leases`, `scenarios`,
    /// `steps`, `reasons`, `repair` or `vocabulary`.
    pub kind: String,
    /// The version a quote names.
    pub version: String,
    /// The days on which it applies.
    pub valid: DayRange,
    /// The data as JSON text, signed with a bundle key.
    pub signed: Signed,
}

/// Why reference data is not published.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// A file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Mistakes in the data a quote needs.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// Mistakes in other data.
    #[error("{kind}: {error}")]
    Data {
        /// Which kind.
        kind: &'static str,
        /// Every mistake found.
        error: DataError,
    },
    /// Scenarios use words outside the vocabulary.
    #[error("scenarios: {0}")]
    Words(String),
    /// The version was published with other data; published versions never change.
    #[error("{kind} {version} is published with other data: give it a new version")]
    VersionTaken {
        /// Which kind.
        kind: String,
        /// Which version.
        version: String,
    },
    /// A bundle cannot be written.
    #[error("a bundle cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReferenceError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            ReferenceError::Books(error) => error.words(),
            other => Words::new(format!("参考数据不能使用：{other}"), other.to_string()),
        }
    }
}

/// A bundle before it is signed.
struct Draft {
    kind: String,
    version: String,
    valid: DayRange,
    payload: String,
}

/// The TOML files below a folder, by their path within it.
///
/// # Errors
/// [`ReferenceError::File`].
pub fn read_files(folder: &Path) -> Result<Vec<(String, String)>, ReferenceError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        let failed = |error| ReferenceError::File { path: at.clone(), error };
        for entry in fs::read_dir(&at).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                let text = fs::read_to_string(&path)
                    .map_err(|error| ReferenceError::File { path: path.clone(), error })?;
                let name = path.strip_prefix(folder).unwrap_or(&path);
                found.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads the data a quote is priced with from a folder of TOML files.
///
/// # Errors
/// [`ReferenceError::File`] or [`ReferenceError::Books`].
pub fn read_books(folder: &Path) -> Result<Books, ReferenceError> {
    let files = read_files(folder)?;
    Ok(Books::parse(&borrowed(&files))?)
}

/// Publishes every kind of reference data found in a folder; returns kind and version of what is
/// new. Data that is published already is passed over.
///
/// # Errors
/// [`ReferenceError`]; the caller's transaction should then be rolled back.
pub fn publish(
    home: &Home,
    conn: &Connection,
    folder: &Path,
    now: UtcMs,
) -> Result<Vec<(String, String)>, ReferenceError> {
    let files = read_files(folder)?;
    let signer = keys::bundle_signer(home)?;
    let mut new = Vec::new();
    for draft in drafts(&borrowed(&files))? {
        if let Some(held) = bundles::get(conn, &draft.kind, &draft.version)? {
            if held.signed.payload != draft.payload {
                let Draft { kind, version, .. } = draft;
                return Err(ReferenceError::VersionTaken { kind, version });
            }
            continue;
        }
        let id = derived_id(&["bundle", &draft.kind, &draft.version]);
        let Draft { kind, version, valid, payload } = draft;
        let signed = Signed::seal(signer.kid, &signer.key, payload);
        let bundle = Published { kind, version, id, valid, signed };
        bundles::add(conn, &bundle, now)?;
        put_row(conn, &bundle)?;
        if bundle.kind == BundleKind::Valuation.name() {
            let table = ValuationTable::from_json(&bundle.signed.payload);
            let table = table.map_err(|error| ReferenceError::Data { kind: "valuation", error })?;
            pools::follow_budgets(conn, &table, now)?;
        }
        new.push((bundle.kind, bundle.version));
    }
    Ok(new)
}

/// The book of a kind in force on `day`, as its own reader makes it: of several the one that became
/// valid last, then the higher version, as a device chooses.
///
/// # Errors
/// Errors of the ledger, and a bundle that HQ itself can no longer read.
pub fn book_in_force<T, E: std::fmt::Display>(
    conn: &Connection,
    kind: &'static str,
    day: Date,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let unreadable = |error: E| StoreError::Unreadable { what: kind, detail: error.to_string() };
    let mut chosen: Option<Published> = None;
    for (_, version) in bundles::list(conn)?.iter().filter(|(held, _)| held == kind) {
        let found = bundles::get(conn, kind, version)?.filter(|found| found.valid.contains(day));
        let rank = |bundle: &Published| (bundle.valid.from, bundle.version.clone());
        if found.as_ref().map(rank) > chosen.as_ref().map(rank) {
            chosen = found;
        }
    }
    chosen.map(|bundle| read(&bundle.signed.payload).map_err(unreadable)).transpose()
}

/// Signs every bundle anew after its key was withdrawn, and publishes it again.
///
/// # Errors
/// [`ReferenceError`].
pub fn sign_again(home: &Home, conn: &Connection) -> Result<(), ReferenceError> {
    let Signer { kid, key } = keys::bundle_signer(home)?;
    for (kind, version) in bundles::list(conn)? {
        if let Some(mut bundle) = bundles::get(conn, &kind, &version)? {
            bundle.signed = Signed::seal(kid, &key, bundle.signed.payload);
            bundles::sign_again(conn, &kind, &version, &bundle.signed)?;
            put_row(conn, &bundle)?;
        }
    }
    Ok(())
}

fn put_row(conn: &Connection, bundle: &Published) -> Result<(), StoreError> {
    let row = BundleRow {
        kind: bundle.kind.clone(),
        version: bundle.version.clone(),
        valid: bundle.valid,
        signed: bundle.signed.clone(),
    };
    records::put(conn, kind::BUNDLE, bundle.id, &BTreeSet::from([Bucket::all()]), &row)
}

fn drafts(files: &[SourceFile<'_>]) -> Result<Vec<Draft>, ReferenceError> {
    let books = Books::parse(files)?;
    let mut drafts = Vec::new();
    for (kind, payload) in books.to_bundles()? {
        let versions = books.versions();
        let version = match kind {
            doorstep_domain::books::BundleKind::Catalogue => versions.catalogue,
            doorstep_domain::books::BundleKind::Valuation => versions.valuation,
            doorstep_domain::books::BundleKind::Fees => versions.fees,
            doorstep_domain::books::BundleKind::Rules => versions.rules,
        };
        let (kind, valid) = (kind.name().to_owned(), books.validity(kind));
        drafts.push(Draft { kind, version, valid, payload });
    }
    // Each further kind is one file of its own name; a folder without it publishes without it.
    macro_rules! further {
        ($($kind:literal => $book:ty),+ $(,)?) => {$(
            let own: Vec<SourceFile<'_>> = files
                .iter()
                .copied()
                .filter(|(name, _)| stem(name) == $kind)
                .collect();
            if !own.is_empty() {
                let book = <$book>::parse(&own)
                    .map_err(|error| ReferenceError::Data { kind: $kind, error })?;
                drafts.push(Draft {
                    kind: $kind.to_owned(),
                    version: book.version.clone(),
                    valid: book.valid,
                    payload: serde_json::to_string(&book)?,
                });
            }
        )+};
    }
    further! {
        "checklists" => Checklist,
        "leases" => LeaseBook,
        "reasons" => ReasonBook,
        "repair" => RepairBook,
        "scenarios" => ScenarioBook,
        "steps" => StepBook,
        "vocabulary" => Vocabulary,
    }
    check_words(&drafts)?;
    Ok(drafts)
}

/// Scenarios may use words of the vocabulary only, so that no screen ever shows a bare code.
fn check_words(drafts: &[Draft]) -> Result<(), ReferenceError> {
    let payload = |kind: &str| drafts.iter().find(|draft| draft.kind == kind).map(|d| &d.payload);
    let (Some(words), Some(scenarios)) = (payload("vocabulary"), payload("scenarios")) else {
        return Ok(());
    };
    let unreadable = |kind| move |error| ReferenceError::Data { kind, error };
    let words = Vocabulary::from_json(words).map_err(unreadable("vocabulary"))?;
    let scenarios = ScenarioBook::from_json(scenarios).map_err(unreadable("scenarios"))?;
    let problems: Vec<String> = scenarios
        .problems(&words)
        .into_iter()
        .map(|(scenario, problem)| format!("{scenario}: {problem}"))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(ReferenceError::Words(problems.join("; "))) }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn borrowed(files: &[(String, String)]) -> Vec<SourceFile<'_>> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}
