//! The two totals and the identities that bind them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::money::Fen;

/// What changes hands, under one assumption about the subsidy. All amounts in fen, none negative
/// except `balance`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuoteSettlement {
    /// The final sale price of the new machines, which the invoices show.
    pub invoice_total: Fen,
    /// The part the government pays.
    pub government_subsidy: Fen,
    /// The part the customer pays for the new machines.
    pub customer_consideration: Fen,
    /// Fees, on a voucher of their own.
    pub fees: Fen,
    /// What the old machines bring, on a voucher of their own.
    pub old_value: Fen,
    /// Deposits set off.
    pub deposits: Fen,
    /// consideration + fees − old value − deposits.
    pub balance: Fen,
    /// What is collected: the balance where it is positive.
    pub to_collect: Fen,
    /// What is paid out by a payout voucher: the balance where it is negative.
    pub payout: Fen,
}

/// Both totals side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuoteTotals {
    /// The list prices together.
    pub list: Fen,
    /// All discounts together, positive.
    pub discounts: Fen,
    /// What is certain to pay (确定应付): without any subsidy.
    pub certain: QuoteSettlement,
    /// What to pay if the subsidy is approved (若补贴获批).
    pub if_approved: QuoteSettlement,
}

/// An amount that does not add up: the quote must not be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrokenIdentity {
    /// Invoice total ≠ customer consideration + government subsidy.
    #[error("invoice total is not consideration plus subsidy ({0})")]
    Invoice(&'static str),
    /// Balance ≠ consideration + fees − old value − deposits, or it is split wrongly.
    #[error("the balance does not add up ({0})")]
    Balance(&'static str),
    /// The two totals differ in more than the subsidy.
    #[error("the two totals differ in more than the subsidy")]
    TwoTotals,
    /// The lines do not sum to a total.
    #[error("the lines do not sum to: {0}")]
    Lines(&'static str),
    /// An amount that cannot be negative is.
    #[error("negative amount ({0})")]
    Negative(&'static str),
}

impl QuoteSettlement {
    /// Settles one assumption about the subsidy. `None` on overflow.
    pub fn of(
        invoice_total: Fen,
        government_subsidy: Fen,
        fees: Fen,
        old_value: Fen,
        deposits: Fen,
    ) -> Option<QuoteSettlement> {
        let customer_consideration = invoice_total.minus(government_subsidy)?;
        let balance = customer_consideration.plus(fees)?.minus(old_value)?.minus(deposits)?;
        Some(QuoteSettlement {
            invoice_total,
            government_subsidy,
            customer_consideration,
            fees,
            old_value,
            deposits,
            balance,
            to_collect: balance.max(Fen::ZERO),
            payout: balance.negated().max(Fen::ZERO),
        })
    }

    /// Checks both money identities by adding them up anew.
    ///
    /// # Errors
    /// The first identity that does not hold; `name` says of which total.
    pub fn check(&self, name: &'static str) -> Result<(), BrokenIdentity> {
        let parts = [
            self.invoice_total,
            self.government_subsidy,
            self.customer_consideration,
            self.fees,
            self.old_value,
            self.deposits,
            self.to_collect,
            self.payout,
        ];
        if parts.iter().any(|amount| *amount < Fen::ZERO) {
            return Err(BrokenIdentity::Negative(name));
        }
        let invoiced = self.customer_consideration.plus(self.government_subsidy);
        if invoiced != Some(self.invoice_total) {
            return Err(BrokenIdentity::Invoice(name));
        }
        let collected = Fen::sum([
            self.customer_consideration,
            self.fees,
            self.old_value.negated(),
            self.deposits.negated(),
        ]);
        let split = self.to_collect.minus(self.payout);
        let one_way = self.to_collect == Fen::ZERO || self.payout == Fen::ZERO;
        if collected != Some(self.balance) || split != Some(self.balance) || !one_way {
            return Err(BrokenIdentity::Balance(name));
        }
        Ok(())
    }
}

impl QuoteTotals {
    /// Checks the identities of both totals and that they differ by the subsidy only.
    ///
    /// # Errors
    /// The first identity that does not hold.
    pub fn check(&self) -> Result<(), BrokenIdentity> {
        self.certain.check("certain")?;
        self.if_approved.check("if approved")?;
        let same =
            |part: fn(&QuoteSettlement) -> Fen| part(&self.certain) == part(&self.if_approved);
        let differ_by_subsidy = self.certain.balance.minus(self.if_approved.balance)
            == Some(self.if_approved.government_subsidy);
        let no_subsidy = self.certain.government_subsidy == Fen::ZERO;
        let rest = same(|s| s.invoice_total)
            && same(|s| s.fees)
            && same(|s| s.old_value)
            && same(|s| s.deposits);
        if !(differ_by_subsidy && no_subsidy && rest) {
            return Err(BrokenIdentity::TwoTotals);
        }
        if self.list.minus(self.discounts) != Some(self.certain.invoice_total) {
            return Err(BrokenIdentity::Lines("list − discounts"));
        }
        Ok(())
    }
}
