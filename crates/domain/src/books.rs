//! The reference data one quote is priced with: catalogue, valuation table, fee book, rules.
//!
//! HQ edits them as TOML files, publishes each as one signed JSON bundle under a version, and keeps
//! every version for ever, so that a quote can be computed again from the versions it names. This
//! module is pure: whoever reads the files or checks the signature does it elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalogue::Catalogue;
use crate::fee::FeeBook;
use crate::subsidy::RuleBook;
use crate::time::DayRange;
use crate::valuation::ValuationTable;
use crate::vocabulary::{DataError, SourceFile};
use crate::words::Words;

/// One of the four kinds of reference data, published separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BundleKind {
    /// What is sold, and at which list price.
    Catalogue,
    /// What old machines are worth.
    Valuation,
    /// What work costs.
    Fees,
    /// Subsidy rules and the price policy.
    Rules,
}

impl BundleKind {
    /// All four, in the order in which [`Books::parse`] names what is missing.
    pub const ALL: [BundleKind; 4] =
        [BundleKind::Catalogue, BundleKind::Valuation, BundleKind::Fees, BundleKind::Rules];

    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            BundleKind::Catalogue => "catalogue",
            BundleKind::Valuation => "valuation",
            BundleKind::Fees => "fees",
            BundleKind::Rules => "rules",
        }
    }

    /// The kind for people.
    pub fn words(self) -> Words {
        match self {
            BundleKind::Catalogue => Words::new("商品目录", "catalogue"),
            BundleKind::Valuation => Words::new("旧机估价表", "valuation table"),
            BundleKind::Fees => Words::new("服务价目表", "fee book"),
            BundleKind::Rules => Words::new("补贴规则", "subsidy rules"),
        }
    }

    /// The kind a data file belongs to by its path: `catalogue.toml`, `valuation.toml` and
    /// `fees.toml` in any folder, and every file in a folder `rules`. `None` for other kinds of
    /// reference data.
    pub fn of_file(path: &str) -> Option<BundleKind> {
        let mut parts = path.rsplit(['/', '\\']);
        let stem = parts.next()?.strip_suffix(".toml")?;
        if parts.any(|folder| folder == BundleKind::Rules.name()) {
            return Some(BundleKind::Rules);
        }
        BundleKind::ALL.into_iter().find(|kind| kind.name() == stem)
    }
}

impl fmt::Display for BundleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The version of each bundle a quote was priced with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BundleVersions {
    /// The catalogue's version.
    pub catalogue: String,
    /// The valuation table's version.
    pub valuation: String,
    /// The fee book's version.
    pub fees: String,
    /// The rules' version.
    pub rules: String,
}

/// Why reference data cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BooksError {
    /// Files or a bundle hold mistakes; each names its file and field or line.
    #[error("{kind}: {error}")]
    Data {
        /// Which kind of data.
        kind: BundleKind,
        /// Every mistake found.
        error: DataError,
    },
    /// No file or bundle of this kind.
    #[error("no {0} data")]
    Missing(BundleKind),
    /// A rule pack forbids a charge that the fee book does not know.
    #[error(
        "rule pack {pack} forbids {forbidden}, which the fee book does not list among its bans"
    )]
    UnknownBan {
        /// The pack.
        pack: String,
        /// What it forbids.
        forbidden: String,
    },
    /// A bundle cannot be written; only a fault in the program leads here.
    #[error("{kind} cannot be written: {reason}")]
    Unwritable {
        /// Which kind of data.
        kind: BundleKind,
        /// What the writer says.
        reason: String,
    },
}

impl BooksError {
    /// The refusal for people.
    pub fn words(&self) -> Words {
        match self {
            BooksError::Data { kind, error } => Words::new(
                format!("{}有错误，不能使用：{error}", kind.words().zh),
                format!("The {} holds mistakes and cannot be used: {error}", kind.words().en),
            ),
            BooksError::Missing(kind) => Words::new(
                format!("缺少{}。", kind.words().zh),
                format!("There is no {}.", kind.words().en),
            ),
            BooksError::UnknownBan { pack, forbidden } => Words::new(
                format!("规则 {pack} 禁止收取“{forbidden}”，但价目表里没有这一禁收项。"),
                format!("Rules {pack} forbid \"{forbidden}\", which the fee book does not list."),
            ),
            BooksError::Unwritable { kind, reason } => Words::new(
                format!("{}无法写出：{reason}", kind.words().zh),
                format!("The {} cannot be written: {reason}", kind.words().en),
            ),
        }
    }
}

/// Everything a quote is priced with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// What is sold.
    pub catalogue: Catalogue,
    /// What old machines are worth.
    pub valuation: ValuationTable,
    /// What work costs.
    pub fees: FeeBook,
    /// What the state adds, and the house's price policy.
    pub rules: RuleBook,
}

impl Books {
    /// Reads and checks the data files, given by their paths below the data folder
    /// (`sample/fees.toml`, `rules/cn-2026.toml`, …) in any order; see [`BundleKind::of_file`].
    /// Files of other kinds are passed over.
    ///
    /// # Errors
    /// Every mistake in the first kind of data that has any, or the kind that is missing.
    pub fn parse(files: &[SourceFile<'_>]) -> Result<Books, BooksError> {
        let mut sorted = files.to_vec();
        sorted.sort();
        let of = |kind: BundleKind| -> Result<Vec<SourceFile<'_>>, BooksError> {
            let found: Vec<SourceFile<'_>> = sorted
                .iter()
                .copied()
                .filter(|(name, _)| BundleKind::of_file(name) == Some(kind))
                .collect();
            if found.is_empty() { Err(BooksError::Missing(kind)) } else { Ok(found) }
        };
        let flawed = |kind| move |error| BooksError::Data { kind, error };
        let books = Books {
            catalogue: Catalogue::parse(&of(BundleKind::Catalogue)?)
                .map_err(flawed(BundleKind::Catalogue))?,
            valuation: ValuationTable::parse(&of(BundleKind::Valuation)?)
                .map_err(flawed(BundleKind::Valuation))?,
            fees: FeeBook::parse(&of(BundleKind::Fees)?).map_err(flawed(BundleKind::Fees))?,
            rules: RuleBook::parse(&of(BundleKind::Rules)?).map_err(flawed(BundleKind::Rules))?,
        };
        books.check()?;
        Ok(books)
    }

    /// Reads and checks one published bundle of each kind.
    ///
    /// # Errors
    /// As for [`Books::parse`].
    pub fn from_bundles(bundles: &BTreeMap<BundleKind, String>) -> Result<Books, BooksError> {
        let of = |kind| bundles.get(&kind).ok_or(BooksError::Missing(kind));
        let flawed = |kind| move |error| BooksError::Data { kind, error };
        let books = Books {
            catalogue: Catalogue::from_json(of(BundleKind::Catalogue)?)
                .map_err(flawed(BundleKind::Catalogue))?,
            valuation: ValuationTable::from_json(of(BundleKind::Valuation)?)
                .map_err(flawed(BundleKind::Valuation))?,
            fees: FeeBook::from_json(of(BundleKind::Fees)?).map_err(flawed(BundleKind::Fees))?,
            rules: RuleBook::from_json(of(BundleKind::Rules)?)
                .map_err(flawed(BundleKind::Rules))?,
        };
        books.check()?;
        Ok(books)
    }

    /// Each kind as the JSON text HQ signs and publishes.
    ///
    /// # Errors
    /// [`BooksError::Unwritable`], which no data that was read can cause.
    pub fn to_bundles(&self) -> Result<BTreeMap<BundleKind, String>, BooksError> {
        BundleKind::ALL
            .into_iter()
            .map(|kind| {
                let text = match kind {
                    BundleKind::Catalogue => serde_json::to_string(&self.catalogue),
                    BundleKind::Valuation => serde_json::to_string(&self.valuation),
                    BundleKind::Fees => serde_json::to_string(&self.fees),
                    BundleKind::Rules => serde_json::to_string(&self.rules),
                };
                let text =
                    text.map_err(|e| BooksError::Unwritable { kind, reason: e.to_string() })?;
                Ok((kind, text))
            })
            .collect()
    }

    /// The four versions.
    pub fn versions(&self) -> BundleVersions {
        BundleVersions {
            catalogue: self.catalogue.version.clone(),
            valuation: self.valuation.version.clone(),
            fees: self.fees.version.clone(),
            rules: self.rules.version.clone(),
        }
    }

    /// The days on which one kind applies.
    pub fn validity(&self, kind: BundleKind) -> DayRange {
        match kind {
            BundleKind::Catalogue => self.catalogue.valid,
            BundleKind::Valuation => self.valuation.valid,
            BundleKind::Fees => self.fees.valid,
            BundleKind::Rules => self.rules.valid,
        }
    }

    /// Whether one kind is demonstration data, so that every paper made from it says so.
    pub fn is_sample(&self, kind: BundleKind) -> bool {
        match kind {
            BundleKind::Catalogue => self.catalogue.sample,
            BundleKind::Valuation => self.valuation.sample,
            BundleKind::Fees => self.fees.sample,
            BundleKind::Rules => self.rules.sample,
        }
    }

    fn check(&self) -> Result<(), BooksError> {
        for pack in &self.rules.packs {
            if let Some(unknown) =
                pack.forbids.iter().find(|ban| !self.fees.bans.contains_key(*ban))
            {
                return Err(BooksError::UnknownBan {
                    pack: pack.id.clone(),
                    forbidden: unknown.clone(),
                });
            }
        }
        Ok(())
    }
}
