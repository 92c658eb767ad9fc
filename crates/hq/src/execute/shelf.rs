//! The books of published bundle versions. Versions never change, so what one process has read is
//! what any other would read.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use doorstep_domain::books::{Books, BundleKind, BundleVersions};
use doorstep_store::{error::Result, ledger::bundles};
use rusqlite::Connection;

/// The most sets of versions kept in memory.
const SETS: usize = 16;

/// Books by the versions they were made of.
#[derive(Default)]
pub struct Shelf(Mutex<BTreeMap<BundleVersions, Arc<Books>>>);

impl Shelf {
    /// The books of these versions; `None` when HQ never published one of them.
    ///
    /// # Errors
    /// Errors of the ledger, and bundles that HQ itself can no longer read.
    pub fn books(&self, conn: &Connection, named: &BundleVersions) -> Result<Option<Arc<Books>>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(books) = held.get(named) {
            return Ok(Some(Arc::clone(books)));
        }
        let mut texts = BTreeMap::new();
        for kind in BundleKind::ALL {
            let version = match kind {
                BundleKind::Catalogue => &named.catalogue,
                BundleKind::Valuation => &named.valuation,
                BundleKind::Fees => &named.fees,
                BundleKind::Rules => &named.rules,
            };
            let Some(found) = bundles::get(conn, kind.name(), version)? else { return Ok(None) };
            texts.insert(kind, found.signed.payload);
        }
        let books = Books::from_bundles(&texts).map_err(|error| {
            doorstep_store::error::StoreError::Unreadable {
                what: "bundle",
                detail: error.to_string(),
            }
        })?;
        if held.len() >= SETS {
            held.pop_first();
        }
        let books = Arc::new(books);
        held.insert(named.clone(), Arc::clone(&books));
        Ok(Some(books))
    }
}
