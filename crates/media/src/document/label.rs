//! The fixed words of the documents, in both languages.

use doorstep_domain::words::Language;

macro_rules! labels {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// A fixed word or sentence on a document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Label {
            $(#[doc = concat!($zh, " · ", $en)] $name,)+
        }

        impl Label {
            /// Every label there is.
            pub const ALL: &'static [Label] = &[$(Label::$name),+];

            /// The label in one language.
            pub fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Label::$name, Language::Chinese) => $zh,
                      (Label::$name, Language::English) => $en,)+
                }
            }
        }
    };
}

labels! {
    QuoteTitle: "以旧换新报价单", "Trade-in quote";
    OrderTitle: "拆旧装新合并订单", "Combined removal-install order";
    CardTitle: "电子保修卡", "Warranty card";
    Customer: "客户", "Customer";
    Name: "姓名", "Name";
    Phone: "电话", "Phone";
    Address: "地址", "Address";
    OldUnit: "旧机", "Old unit";
    NewUnit: "新机", "New unit";
    Machine: "机器", "Machine";
    ProductName: "品名", "Product";
    Model: "型号", "Model";
    Serial: "机身编号", "Serial number";
    ProductCode: "商品条码", "Product code";
    MadeAt: "报价时间", "Quoted at";
    ValidUntil: "有效至", "Valid until";
    QuoteNumber: "报价编号", "Quote number";
    ContentHash: "内容校验尾号", "Content hash ends in";
    PriceDetail: "价格明细", "Price in detail";
    Item: "项目", "Item";
    AmountInYuan: "金额（元）", "Amount (CNY)";
    GroupNew: "新机标价", "New unit, list price";
    GroupDiscounts: "优惠", "Discounts";
    GroupSubsidy: "政府补贴（预估）", "Government subsidy (estimated)";
    GroupOldMachine: "旧机抵扣", "Old-machine credit";
    GroupFees: "服务费", "Service fees";
    GroupDeposits: "押金", "Deposits";
    FinalPrice: "成交价", "Final price";
    Certain: "确定应付", "Certain to pay";
    IfApproved: "若补贴获批", "If the subsidy is approved";
    PayoutNote: "负数由门店付给客户。", "With a minus sign: the shop pays the customer.";
    CertainNote:
        "成交价、旧机抵扣、服务费与押金之和，不含补贴",
        "Final price, old-machine credit, fees and deposits; without the subsidy";
    IfApprovedNote: "确定应付减去预估补贴", "Certain to pay less the estimated subsidy";
    Continued: "（续）", " (continued)";
    EstimateNote:
        "补贴由总部按当地规则核定，获批前只是预估；未获批时按“确定应付”结算。",
        "HQ decides the subsidy under the local rules; until then it is an estimate. If it is refused, the amount “Certain to pay” applies.";
    Remarks: "说明", "Remarks";
    Basis: "说明与依据", "Remarks and sources";
    RuleSources: "规则依据：", "Rule: ";
    Bundles: "数据版本：", "Data version: ";
    Receipt: "回执号", "Receipt number";
    State: "状态", "State";
    AwaitingHq: "待总部登记", "Awaiting HQ";
    OrderNumber: "总部订单号", "HQ order number";
    Registered: "总部已登记", "Registered by HQ";
    MachinesAndVisit: "机器与上门安排", "Machines and visit";
    RemovalMode: "拆旧方式", "Removal";
    Slot: "上门时段", "Time slot";
    Reservations: "预留与待确认", "Reserved, and to be confirmed";
    IfRefused: "若补贴未获批", "If the subsidy is refused";
    GoOnWithout: "不享受补贴，按“确定应付”继续", "Go on without it and pay “Certain to pay”";
    CancelFree: "免费取消订单", "Cancel the order free of charge";
    Agreement: "确认与约定", "Agreement";
    Signature: "客户签字", "Customer signature";
    Signer: "签字人", "Signed by";
    Relation: "与客户关系", "Relation to customer";
    SignedAt: "签字时间", "Signed at";
    SignatureRefused: "未签字", "Not signed";
    CardNumber: "卡号", "Card number";
    Provisional: "临时卡", "Provisional card";
    ProvisionalNote:
        "本卡由门店在无网络时签发，待总部登记机身编号后转为正式卡。",
        "Issued by the store without a network. It becomes final once HQ has registered the serial numbers.";
    ScanNote:
        "扫码可离线验真；是否仍在保修期，以最近一次同步为准。",
        "Scan to check that the card is genuine, even offline. Whether cover still runs is as of the last sync.";
    Terms: "保修条款", "Warranty terms";
    Part: "范围", "Covers";
    Term: "期限", "Term";
    Until: "截止", "Until";
    Clocks: "两个期限", "Two clocks";
    WarrantyClock: "保修期", "Warranty";
    SafeLifeClock: "安全使用年限", "Safe service life";
    Starts: "起算", "Starts";
    Invoice: "发票号", "Invoice";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_both_languages() {
        for label in Label::ALL {
            let zh = label.text(Language::Chinese);
            let en = label.text(Language::English);
            assert!(zh.chars().any(|c| c as u32 > 0x2E80), "{label:?} has no Chinese: {zh}");
            assert!(en.chars().all(|c| (c as u32) < 0x2E80), "{label:?} has Chinese in English");
        }
    }
}
