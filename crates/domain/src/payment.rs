//! Payments: records of money that moved, unconfirmed until HQ matches them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    combined_order::Relation,
    id::{CustomerId, LoanId, OrderId, OrgId, PaymentId, PersonId},
    money::Fen,
    time::UtcMs,
    words::Words,
};

/// How money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Cash.
    Cash,
    /// Bank card.
    BankCard,
    /// WeChat Pay.
    Wechat,
    /// Alipay.
    Alipay,
    /// UnionPay app (云闪付).
    Unionpay,
    /// Bank transfer.
    Transfer,
    /// A payment link opened later.
    PayLink,
}

impl PaymentMethod {
    /// The method in both languages.
    pub fn words(self) -> Words {
        match self {
            PaymentMethod::Cash => Words::new("现金", "Cash"),
            PaymentMethod::BankCard => Words::new("银行卡", "Bank card"),
            PaymentMethod::Wechat => Words::new("微信", "WeChat Pay"),
            PaymentMethod::Alipay => Words::new("支付宝", "Alipay"),
            PaymentMethod::Unionpay => Words::new("云闪付", "UnionPay"),
            PaymentMethod::Transfer => Words::new("转账", "Bank transfer"),
            PaymentMethod::PayLink => Words::new("支付链接", "Payment link"),
        }
    }
}

/// What money was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PaymentPurpose {
    /// A deposit on an order.
    Deposit,
    /// The balance of an order.
    Balance,
    /// The deposit on a loaner.
    LoanerDeposit,
    /// Money paid out to the customer; its amount is negative.
    Payout,
}

impl PaymentPurpose {
    /// The purpose in both languages.
    pub fn words(self) -> Words {
        match self {
            PaymentPurpose::Deposit => Words::new("定金", "Deposit"),
            PaymentPurpose::Balance => Words::new("尾款", "Balance"),
            PaymentPurpose::LoanerDeposit => Words::new("备用机押金", "Loaner deposit"),
            PaymentPurpose::Payout => Words::new("付给客户", "Paid out"),
        }
    }
}

/// Whether HQ found the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Said by the person at the door; HQ has not found it yet.
    Unconfirmed,
    /// HQ matched it with a statement.
    Matched {
        /// When.
        at: UtcMs,
        /// The statement's reference.
        statement: String,
    },
    /// HQ found no such money.
    Rejected {
        /// Why.
        reason: Words,
    },
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Payment {
    /// Identity.
    pub id: PaymentId,
    /// The store whose money it is.
    pub store: OrgId,
    /// For which order.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// For which loan.
    #[serde(default)]
    pub loan: Option<LoanId>,
    /// The customer.
    pub customer: CustomerId,
    /// Who paid, by relation to the customer.
    #[serde(default)]
    pub payer: Relation,
    /// What for.
    pub purpose: PaymentPurpose,
    /// How much; negative when paid out.
    pub amount: Fen,
    /// How.
    pub method: PaymentMethod,
    /// The payment's own reference: receipt, voucher or transaction number.
    #[serde(default)]
    pub reference: String,
    /// When.
    pub paid_at: UtcMs,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// Whether HQ found it.
    pub status: PaymentStatus,
}

/// Why a payment record is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentError {
    /// The amount is zero, out of range, or of the wrong sign for its purpose.
    #[error("the amount does not fit its purpose")]
    Amount,
    /// Everything but cash carries a reference.
    #[error("a payment that is not cash needs its reference")]
    NoReference,
    /// It belongs to neither order nor loan.
    #[error("the payment belongs to nothing")]
    NoSubject,
    /// HQ already judged it.
    #[error("HQ has already judged this payment")]
    AlreadyJudged,
    /// The sums do not fit.
    #[error("the sum is out of range")]
    OutOfRange,
}

impl PaymentError {
    /// The refusal in both languages.
    pub fn words(&self) -> Words {
        let zh = match self {
            PaymentError::Amount => "金额与用途不符",
            PaymentError::NoReference => "非现金付款需要填写凭证号",
            PaymentError::NoSubject => "请选择这笔款属于哪张订单或哪台备用机",
            PaymentError::AlreadyJudged => "总部已核对过这笔款",
            PaymentError::OutOfRange => "金额超出范围",
        };
        Words::new(zh, self.to_string())
    }
}

impl Payment {
    /// Whether the record is whole: a plausible amount of the right sign, a subject, and for
    /// everything but cash a reference.
    pub fn check(&self) -> Result<(), PaymentError> {
        let sign_fits = match self.purpose {
            PaymentPurpose::Payout => self.amount < Fen::ZERO,
            _ => self.amount > Fen::ZERO,
        };
        if !sign_fits || !self.amount.is_plausible() {
            return Err(PaymentError::Amount);
        }
        if self.method != PaymentMethod::Cash && self.reference.trim().is_empty() {
            return Err(PaymentError::NoReference);
        }
        if self.order.is_none() && self.loan.is_none() {
            return Err(PaymentError::NoSubject);
        }
        Ok(())
    }

    /// HQ's judgement, given once.
    pub fn judge(&mut self, judged: PaymentStatus) -> Result<(), PaymentError> {
        if self.status != PaymentStatus::Unconfirmed || judged == PaymentStatus::Unconfirmed {
            return Err(PaymentError::AlreadyJudged);
        }
        self.status = judged;
        Ok(())
    }
}

/// What was paid towards an amount, and what is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Settlement {
    /// Matched by HQ.
    pub confirmed: Fen,
    /// Recorded, not yet matched.
    pub unconfirmed: Fen,
    /// Still to collect when everything recorded proves true; negative is owed to the customer.
    pub outstanding: Fen,
}

/// Sums the payments of one order towards `total`. Rejected payments and deposits on loaners,
/// which go back, do not count.
pub fn settle(
    order: OrderId,
    total: Fen,
    payments: &[Payment],
) -> Result<Settlement, PaymentError> {
    let of = |wanted: fn(&PaymentStatus) -> bool| {
        let counted = payments
            .iter()
            .filter(|payment| payment.order == Some(order))
            .filter(|payment| payment.purpose != PaymentPurpose::LoanerDeposit)
            .filter(|payment| wanted(&payment.status));
        Fen::sum(counted.map(|payment| payment.amount)).ok_or(PaymentError::OutOfRange)
    };
    let confirmed = of(|status| matches!(status, PaymentStatus::Matched { .. }))?;
    let unconfirmed = of(|status| *status == PaymentStatus::Unconfirmed)?;
    let outstanding = total
        .minus(confirmed)
        .and_then(|rest| rest.minus(unconfirmed))
        .ok_or(PaymentError::OutOfRange)?;
    Ok(Settlement { confirmed, unconfirmed, outstanding })
}
