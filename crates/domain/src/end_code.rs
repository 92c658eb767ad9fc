//! The codes a leg or a visit ends with, what each must be recorded with, and what follows.

use serde::{Deserialize, Serialize};

use crate::words::Words;

/// How a leg or a visit ended. Every one can be chosen without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EndCode {
    /// Done.
    Done,
    /// Nobody home.
    NoShow,
    /// The old machine is not emptied or the place is not ready.
    NotReady,
    /// The customer refused the service.
    Refused,
    /// The customer refused to sign.
    RefusedSign,
    /// The work cannot be done safely.
    Unsafe,
    /// The engineer lacks a certificate the work demands.
    NoCert,
    /// A part is missing.
    WaitPart,
    /// The new machine has not arrived.
    WaitGoods,
    /// The new machine arrived damaged.
    Damaged,
    /// Size, water or power do not fit.
    NotFit,
    /// The address is wrong.
    WrongAddr,
    /// The customer moved the appointment.
    Reschedule,
}

/// Something recorded with an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A photo of the thing in question.
    Photo,
    /// A photo of the closed door.
    PhotoDoor,
    /// The calls that nobody answered.
    CallLog,
    /// A written note.
    Note,
    /// A person who saw it; always voluntary.
    Witness,
    /// Which part is missing.
    Part,
    /// The measurements that do not fit.
    Fit,
    /// When the customer would like the visit.
    SlotWish,
}

impl Evidence {
    /// What must be recorded, in both languages.
    pub fn words(self) -> Words {
        match self {
            Evidence::Photo => Words::new("照片", "Photo"),
            Evidence::PhotoDoor => Words::new("门口照片", "Photo of the closed door"),
            Evidence::CallLog => Words::new("通话记录", "Calls nobody answered"),
            Evidence::Note => Words::new("文字说明", "Written note"),
            Evidence::Witness => Words::new("见证人", "Witness"),
            Evidence::Part => Words::new("缺哪个配件", "Which part is missing"),
            Evidence::Fit => Words::new("不符的尺寸", "Measurements that do not fit"),
            Evidence::SlotWish => Words::new("客户希望的时间", "When the customer would like it"),
        }
    }
}

/// What follows an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Nothing; it is over for good.
    Close,
    /// Call the customer and agree on a new time.
    CallBack,
    /// Plan this leg again.
    PlanAgain,
    /// Give the work to somebody who may do it.
    Reassign,
    /// Second visit when the part is there.
    AwaitPart,
    /// Hold the van until the goods are there.
    AwaitGoods,
    /// Exchange the new machine.
    Exchange,
    /// Quote again for something that fits.
    ReQuote,
    /// A coordinator decides.
    Coordinator,
}

impl NextStep {
    /// Whether a person has to decide before anything can be planned.
    pub fn is_decision(self) -> bool {
        matches!(self, NextStep::Coordinator | NextStep::ReQuote | NextStep::Reassign)
    }

    /// Whether the leg waits for goods, a part or a date.
    pub fn is_waiting(self) -> bool {
        matches!(
            self,
            NextStep::CallBack
                | NextStep::PlanAgain
                | NextStep::AwaitPart
                | NextStep::AwaitGoods
                | NextStep::Exchange
        )
    }
}

impl EndCode {
    /// Every code, in the order screens list them.
    pub const ALL: [EndCode; 13] = [
        EndCode::Done,
        EndCode::NoShow,
        EndCode::NotReady,
        EndCode::Refused,
        EndCode::RefusedSign,
        EndCode::Unsafe,
        EndCode::NoCert,
        EndCode::WaitPart,
        EndCode::WaitGoods,
        EndCode::Damaged,
        EndCode::NotFit,
        EndCode::WrongAddr,
        EndCode::Reschedule,
    ];

    /// The code in both languages.
    pub fn words(self) -> Words {
        match self {
            EndCode::Done => Words::new("完成", "Done"),
            EndCode::NoShow => Words::new("客户不在家", "Nobody home"),
            EndCode::NotReady => Words::new("旧机未清空或现场未就绪", "Site not ready"),
            EndCode::Refused => Words::new("客户拒绝服务", "Customer refused"),
            EndCode::RefusedSign => Words::new("客户拒签", "Refused to sign"),
            EndCode::Unsafe => Words::new("无法安全作业", "Unsafe to work"),
            EndCode::NoCert => Words::new("无相应资质", "Certificate missing"),
            EndCode::WaitPart => Words::new("待件", "Waiting for part"),
            EndCode::WaitGoods => Words::new("新机未到", "Goods not arrived"),
            EndCode::Damaged => Words::new("新机外观破损", "New unit damaged"),
            EndCode::NotFit => Words::new("尺寸或水电不符", "Does not fit"),
            EndCode::WrongAddr => Words::new("地址错误", "Wrong address"),
            EndCode::Reschedule => Words::new("客户改约", "Rescheduled"),
        }
    }

    /// What must be recorded with it. A witness is voluntary, so no code demands one.
    pub fn evidence(self) -> &'static [Evidence] {
        match self {
            EndCode::NoShow => &[Evidence::PhotoDoor, Evidence::CallLog],
            EndCode::NotReady => &[Evidence::Photo],
            EndCode::Refused => &[Evidence::Note],
            EndCode::RefusedSign | EndCode::Unsafe => &[Evidence::Note, Evidence::Photo],
            EndCode::WaitPart => &[Evidence::Part],
            EndCode::Damaged => &[Evidence::Photo],
            EndCode::NotFit => &[Evidence::Photo, Evidence::Fit],
            EndCode::Reschedule => &[Evidence::SlotWish],
            EndCode::Done | EndCode::NoCert | EndCode::WaitGoods | EndCode::WrongAddr => &[],
        }
    }

    /// What follows.
    pub fn next_step(self) -> NextStep {
        match self {
            EndCode::Done | EndCode::Refused => NextStep::Close,
            EndCode::NoShow => NextStep::CallBack,
            EndCode::NotReady | EndCode::Reschedule => NextStep::PlanAgain,
            EndCode::RefusedSign | EndCode::Unsafe | EndCode::WrongAddr => NextStep::Coordinator,
            EndCode::NoCert => NextStep::Reassign,
            EndCode::WaitPart => NextStep::AwaitPart,
            EndCode::WaitGoods => NextStep::AwaitGoods,
            EndCode::Damaged => NextStep::Exchange,
            EndCode::NotFit => NextStep::ReQuote,
        }
    }
}
