//! Every code an error may bear, with its words in both languages.

use doorstep_domain::words::Words;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident: $zh:literal, $en:literal;)+) => {
        /// What a screen can act on. A code exists only if some screen treats it in its own way
        /// or a person needs other words for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)+];

            /// What to tell the person.
            pub fn words(self) -> Words {
                match self {
                    $(ErrorCode::$name => Words::new($zh, $en),)+
                }
            }
        }
    };
}

error_codes! {
    /// No such command.
    UnknownCommand: "应用版本不一致，请更新后再试", "The app and its screens are of different versions; please update";
    /// The input cannot be read.
    BadRequest: "输入有误，请检查后重试", "The input is not right; please check it and try again";
    /// A PIN must be entered first.
    Locked: "请先输入口令解锁", "Please unlock with your PIN first";
    /// The device has not been enrolled.
    NotEnrolled: "这台设备还没有登记，请扫总部的登记码", "This device is not enrolled yet; scan an enrolment code from HQ";
    /// The device is enrolled already.
    AlreadyEnrolled: "这台设备已经登记过了", "This device is enrolled already";
    /// The ticket is not one, was used, or ran out.
    EnrolCodeInvalid: "登记码无效、已用过或已过期，请让总部重新发一个", "The enrolment code is wrong, used or expired; ask HQ for a new one";
    /// The PIN is wrong.
    WrongPin: "口令不对", "Wrong PIN";
    /// Too many wrong PINs.
    PinWait: "口令输错太多次，请稍后再试", "Too many wrong PINs; please wait";
    /// The PIN is too simple.
    PinWeak: "口令太简单，请换一个至少六位、不连续不重复的", "The PIN is too simple; use six digits or more that are no sequence";
    /// The key file is damaged.
    VaultDamaged: "密钥文件损坏。未上传的工作在救援文件里，请联系总部重新登记", "The key file is damaged. Unsent work is in the rescue file; ask HQ to enrol this device again";
    /// The same profile is open elsewhere.
    ProfileInUse: "这个资料夹正被另一个窗口使用", "This profile is open in another window";
    /// A newer version wrote the database.
    DatabaseNewer: "数据是由更新的版本写入的，请先更新应用；数据没有改动", "A newer version wrote this data; please update the app. Nothing was changed";
    /// The record is not on this device.
    NotFound: "这台设备上没有这条记录", "This record is not on this device";
    /// A stored record cannot be read.
    RecordUnreadable: "这条记录读不出来，其他记录不受影响", "This record cannot be read; the others are not affected";
    /// No space left.
    DiskFull: "存储空间不足，这一步没有保存。请清理空间后再试", "Storage is full and this step was not saved. Free some space and try again";
    /// The database itself is damaged.
    DatabaseDamaged: "本机数据库已损坏。请关闭应用再打开，未上传的工作会自动恢复", "The database on this device is damaged. Close the app and open it again; unsent work will be recovered";
    /// The store refused.
    StorageFailed: "保存失败，这一步没有生效", "Saving failed; this step had no effect";
    /// HQ cannot be reached.
    HqUnreachable: "连不上总部，工作已保存在本机，会自动重试", "HQ cannot be reached; your work is saved here and will be sent automatically";
    /// The other side is not HQ.
    HqUntrusted: "对方的证书不是总部的，已停止连接", "The certificate is not HQ's; the connection was stopped";
    /// HQ's answer makes no sense.
    HqAnswerUnreadable: "总部的回答读不懂，工作仍在本机，稍后重试", "HQ's answer makes no sense; your work is safe here and will be sent again";
    /// The person's role may not do this.
    NotAllowed: "这不在您的权限内", "This is outside your access";
    /// HQ refused the request.
    HqRefused: "总部拒绝了这个请求", "HQ refused the request";
    /// HQ revoked the device.
    DeviceRevoked: "这台设备已被总部停用。未上传的工作保留在救援文件里", "HQ has revoked this device. Unsent work is kept in the rescue file";
    /// HQ speaks a newer protocol.
    UpdateNeeded: "总部已升级，请更新应用；未上传的工作保留在本机和救援文件里", "HQ has been upgraded; please update the app. Unsent work is kept here and in the rescue file";
    /// HQ speaks an older protocol.
    HqOlder: "总部还没有升级到这个版本，工作已保存在本机，升级后会自动上传", "HQ has not been upgraded to this version yet; your work is saved here and will be sent once it is";
    /// A bundle or key list is not signed by HQ.
    SignatureBad: "收到的资料签名不对，没有采用；继续使用原来的", "Received data was not signed by HQ and was not used; the earlier data stays in force";
    /// The picture cannot be taken in.
    PhotoRefused: "这张图片不能用", "This picture cannot be used";
    /// No label was found.
    LabelNotFound: "没有找到条码或二维码，请靠近、避开反光，或手工输入", "No code was found; move closer, avoid glare, or type it";
    /// A typed code is wrong.
    CodeInvalid: "编码不对，请检查", "The code is not right; please check it";
    /// A warranty card's code is not believed.
    CardNotBelieved: "这张保修卡未通过验证", "This warranty card did not pass the check";
    /// Reference data for this day is missing.
    BooksMissing: "这台设备上没有当天有效的价目，请连网更新后再报价", "No price book for this day is on the device; connect to update before quoting";
    /// The quote cannot be made.
    QuoteRefused: "无法报价", "The quote cannot be made";
    /// The quote is over.
    QuoteExpired: "报价已过有效期，请重新报价", "The quote has expired; please quote again";
    /// A gate of the visit is closed.
    GateClosed: "这一步现在还不能做", "This step cannot be done yet";
    /// The signature does not stand.
    SignatureRefused: "签字无效", "The signature does not stand";
    /// What the terms say is reserved can no longer be promised.
    ReservationLapsed: "预留已过期或已用掉，条款有变：请回到条款重新确认，再请客户签字", "A reservation has run out or was used, so the terms change: go back to the terms and have them signed anew";
    /// A claim is not sound in itself.
    ClaimRefused: "内容不完整，没有提交", "Something is missing; it was not submitted";
    /// A record may not be in this state.
    StateRefused: "当前状态不允许这样做", "This is not possible in the present state";
    /// A paper cannot be made.
    PaperFailed: "单据无法生成", "The paper cannot be made";
    /// Anything else.
    Internal: "出了点问题，已记录。您的工作没有丢失", "Something went wrong and was logged. Your work is not lost";
}
