//! HQ's half of an exchange: where a batch stands in its chain.

use doorstep_domain::planted::{Bug, planted};

use crate::wire::{Batch, Hash, WireError, decode, hash};

/// What HQ remembers of one epoch of one device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Number of the last batch executed; 0 before the first.
    pub number: u64,
    /// Hash of its sealed bytes; zero before the first.
    pub hash: Hash,
    /// The stored answer to it.
    pub answer: Vec<u8>,
}

/// What to do with an incoming batch.
#[derive(Debug)]
pub enum Verdict {
    /// It continues the chain: execute it and store the answer under this hash.
    Execute(Batch, Hash),
    /// The device did not get the last answer: repeat it.
    Repeat,
    /// Anything else: a restored, cloned or rolled-back device.
    Forked,
}

/// Next number on the right previous hash = execute; same number and bytes = repeat; else forked.
pub fn judge(chain: &Chain, sealed: &[u8]) -> Result<Verdict, WireError> {
    let arrived = hash(sealed);
    if chain.number > 0 && arrived == chain.hash {
        return Ok(Verdict::Repeat);
    }
    let batch: Batch = decode(sealed)?;
    let continues = planted(Bug::IgnoreChain)
        || chain.number.checked_add(1) == Some(batch.number)
            && (batch.previous == chain.hash || planted(Bug::IgnorePreviousHash));
    Ok(if continues { Verdict::Execute(batch, arrived) } else { Verdict::Forked })
}
