//! Bugs planted on purpose, so that the simulation (`cargo xtask sim --planted`) can show that it
//! finds each of them.
//!
//! Without the feature `planted`, which only the simulation's package enables, [`planted`] is a
//! constant `false` and the compiler removes what hangs on it. With it, nothing is planted until
//! `plant` is called.

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident,)+) => {
        /// A bug of the kind that field systems have had.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $bug,)+
        }

        impl Bug {
            /// All of them.
            pub const ALL: &[Bug] = &[$(Bug::$bug,)+];
        }
    };
}

bugs! {
    /// The tablet does not act on HQ's receipt for edits.
    DropAck,
    /// HQ decides a claim again when its key returns.
    SkipClaimDedupe,
    /// The tablet stores the cursor in a transaction before that of the page.
    CursorBeforePage,
    /// The tablet keeps its actor when it begins a new epoch.
    ReuseActor,
    /// HQ executes a batch wherever it stands in its chain.
    IgnoreChain,
    /// HQ does not compare the hash of the batch before.
    IgnorePreviousHash,
    /// After a fork the tablet drops unsent edits instead of writing them again.
    DropStaleEdits,
    /// The tablet forgets that HQ refused changes of a document.
    LoseReset,
    /// A page that is full skips the item after it.
    SkipAtPageBorder,
    /// The tablet keeps what is no longer its person's business.
    KeepAfterGone,
    /// Commits are not synced to the disk.
    NoSync,
    /// HQ answers a batch and rolls it back.
    AnswerWithoutCommit,
    /// The tablet settles edits that were not in the batch.
    SettleTooMuch,
    /// HQ takes the cursor of another life of the ledger for one of this.
    IgnoreGeneration,
    /// HQ never sends a device its own changes, even one that was restored.
    LeaveOutOwn,
    /// HQ sends a document that the device wants without asking whether it may see it.
    WantWithoutAccess,
    /// After a fork claims that were on their way stay so for ever.
    LeaveClaimsSealed,
    /// Projections are not brought up to date when a row goes.
    StaleProjection,
    /// The tablet says saved although the commit failed.
    IgnoreCommitError,
    /// HQ does not publish a row that changes for the same readers.
    LoseUpdate,
    /// HQ executes an order for which the store has nothing left.
    Oversell,
    /// HQ takes what an order needs from what is free, whatever was reserved for it.
    IgnoreLease,
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

/// Plants a bug, or none.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    let number = bug.map_or(0, |bug| bug as usize + 1);
    PLANTED.store(number, std::sync::atomic::Ordering::SeqCst);
}

/// Whether this bug is planted.
#[cfg(feature = "planted")]
pub fn planted(bug: Bug) -> bool {
    PLANTED.load(std::sync::atomic::Ordering::SeqCst) == bug as usize + 1
}

/// Whether this bug is planted: no.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn planted(_: Bug) -> bool {
    false
}
