//! Writes the three papers in both languages with sample data, to look at them:
//! `cargo run -p doorstep-media --example papers [folder]`.

use std::path::PathBuf;

use doorstep_domain::money::Fen;
use doorstep_domain::words::Language;
use doorstep_media::document::{
    CardClock, CardPaper, CardTerm, IfRefused, OrderPaper, OrderState, PaperCustomer, PaperLine,
    PaperSignature, PaperSigner, PaperUnit, PriceLines, QrModules, QuotePaper, card_paper,
    order_paper, quote_paper,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(
        || {
            PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
                .join("papers")
        },
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder)?;
    for (tag, language) in [("zh", Language::Chinese), ("en", Language::English)] {
        let text = Text(language);
        let papers = [
            ("quote", quote_paper(&quote(text, 0))?),
            ("quote-long", quote_paper(&quote(text, 30))?),
            ("order", order_paper(&order(text))?),
            ("order-unsigned", order_paper(&unsigned(text))?),
            ("card", card_paper(&card(text)?)?),
        ];
        for (name, bytes) in papers {
            let path = folder.join(format!("{name}-{tag}.pdf"));
            std::fs::write(&path, &bytes)?;
            println!("{} {} bytes", path.display(), bytes.len());
        }
    }
    Ok(())
}

/// Picks the sample's words.
#[derive(Clone, Copy)]
struct Text(Language);

impl Text {
    fn say(self, zh: &str, en: &str) -> String {
        match self.0 {
            Language::Chinese => zh.to_owned(),
            Language::English => en.to_owned(),
        }
    }

    fn line(self, words: (&str, &str), note: (&str, &str), amount: i64) -> PaperLine {
        let note = self.say(note.0, note.1);
        PaperLine {
            label: self.say(words.0, words.1),
            note: (!note.is_empty()).then_some(note),
            amount: Fen(amount),
            struck: false,
        }
    }
}

fn customer(text: Text) -> PaperCustomer {
    PaperCustomer {
        name: "𠮷野䶮（欧阳\u{378}）".to_owned(),
        phone: "13812345678".to_owned(),
        address: text.say(
            "上海市浦东新区张江镇科苑路一千二百三十四弄五十六号碧波馨苑三期西区 12 号楼 6 层 601 室（无电梯，请走北门）",
            "Room 601, 6th floor, Building 12 West, Bibo Xinyuan Phase III, 56 Lane 1234, Keyuan Road, Zhangjiang, Pudong, Shanghai (no lift, north gate)",
        ),
    }
}

fn old_unit(text: Text) -> PaperUnit {
    PaperUnit {
        description: text.say("双门冰箱 215 升", "Two-door refrigerator, 215 l"),
        model: "BCD-215STPH".to_owned(),
        serials: vec!["BH00A1C2D3E4BC74K641".to_owned()],
        condition: text.say(
            "约 11 年，能制冷，门封老化，已超安全使用年限",
            "About 11 years, cools, worn door seal, past its safe life",
        ),
    }
}

fn quote(text: Text, extra: usize) -> QuotePaper {
    let mut lines = PriceLines {
        new: vec![text.line(
            ("滚筒洗衣机 10 公斤 XQG100-HB14", "Front-loading washer 10 kg, XQG100-HB14"),
            ("1 级能效 · 商品条码 6901234567892", "Energy grade 1 · product code 6901234567892"),
            599_900,
        )],
        discounts: vec![
            text.line(("商家立减", "Shop discount"), ("", ""), -40_000),
            text.line(
                ("以旧换新加赠", "Trade-in bonus"),
                ("抵扣补贴基数前", "Taken off before the subsidy base"),
                -20_000,
            ),
        ],
        subsidy: vec![text.line(
            ("国家补贴 15%", "National subsidy 15 %"),
            (
                "以成交价 5,399.00 为基数，每件不超过 1,500.00；每人每类 1 件",
                "Of the final price 5,399.00, at most 1,500.00 each; one per category and person",
            ),
            -80_985,
        )],
        old_machine: vec![
            text.line(
                ("残值基准", "Base value"),
                ("冰箱 · 11 年 · 能工作", "Refrigerator · 11 years · working"),
                -21_300,
            ),
            text.line(
                ("扣减：门封老化", "Deduction: worn door seal"),
                ("检测第 4 项，照片 2", "Check 4, photo 2"),
                5_000,
            ),
            text.line(
                ("扣减：缺抽屉 1 个", "Deduction: one drawer missing"),
                ("检测第 7 项，照片 3", "Check 7, photo 3"),
                3_000,
            ),
        ],
        fees: vec![
            text.line(
                ("6 楼无电梯搬运", "Carrying, 6th floor without lift"),
                ("5 层 × 20.00，一户封顶 120.00", "5 floors × 20.00, at most 120.00 a household"),
                10_000,
            ),
            text.line(("进水管更换", "New inlet hose"), ("", ""), 4_000),
            PaperLine {
                struck: true,
                ..text.line(
                    ("旧机上门回收费", "Collection of the old unit"),
                    (
                        "不收取：本市补贴细则规定旧机须免费上门回收",
                        "Not charged: the city's subsidy rules demand free collection",
                    ),
                    3_000,
                )
            },
        ],
        deposits: Vec::new(),
    };
    for number in 1..=extra {
        lines.fees.push(PaperLine {
            label: text.say(
                &format!("安装辅材第 {number} 项"),
                &format!("Installation material {number}"),
            ),
            note: (number % 3 == 0).then(|| {
                text.say(
                    "按实际用量计，单价公示于门店",
                    "By use; unit prices are on display in the shop",
                )
            }),
            amount: Fen(1_000),
            struck: number % 10 == 0,
        });
    }
    let sums = lines.sums().unwrap_or_default();
    QuotePaper {
        language: text.0,
        sample: true,
        issuer: text.say("晨岚电器 · 浦东张江店", "Chenlan Appliances · Zhangjiang, Pudong"),
        quote_id: "019814a2-6b1c-7c3e-9d54-2f8a61b0c4e7".to_owned(),
        content_hash: "9c1f8e2ab4d07753e1c0a6f5584be3d91a7702c4c86ef91d35b20e8f647a1bcd".to_owned(),
        made_at: "2026-07-15 10:42:07".to_owned(),
        valid_until: "2026-07-22 23:59:59".to_owned(),
        customer: customer(text),
        old_unit: Some(old_unit(text)),
        sums,
        lines,
        reservations: vec![text.say(
            "滚筒洗衣机 1 台：已预留至 2026-07-15 14:42，总部在此之前收到订单即保证",
            "1 × washing machine: reserved until 2026-07-15 14:42: guaranteed if HQ has the order by then",
        )],
        remarks: vec![
            text.say("报价时平板与总部时钟相差超过 10 分钟，总部将按收到时间复核。", "The tablet's clock differed from HQ's by over 10 minutes; HQ checks again with its time of receipt."),
            text.say("2 级能效机型：2026 年国补不适用。", "Grade 2 models: no national subsidy in 2026."),
        ],
        sources: vec![
            text.say("CN-2026：商务部办公厅等 5 部门，2026 年家电以旧换新补贴；扣除各环节优惠后最终销售价格的 15%", "CN-2026: Ministry of Commerce and four more, 2026 appliance trade-in; 15 % of the final price after all discounts"),
            text.say("SH-FEE-3：门店收费公示，搬运按层计", "SH-FEE-3: posted shop tariff, carrying by floor"),
        ],
        bundles: vec![
            text.say("价格本 2026-07 第 12 版", "Price book 2026-07, version 12"),
            text.say("残值表 2026-06 第 3 版 · 补贴规则 2026 第 5 版 · 收费规则 2026 第 8 版", "Valuation 2026-06, version 3 · subsidy rules 2026, version 5 · fee rules 2026, version 8"),
        ],
    }
}

fn order(text: Text) -> OrderPaper {
    let quote = quote(text, 0);
    OrderPaper {
        language: text.0,
        sample: true,
        issuer: quote.issuer,
        receipt_number: "R-0715-7K3M-204".to_owned(),
        state: match text.0 {
            Language::Chinese => OrderState::AwaitingHq,
            Language::English => OrderState::Registered { order_number: "SH20260715-00318".to_owned() },
        },
        quote_id: quote.quote_id,
        content_hash: quote.content_hash,
        customer: quote.customer,
        old_unit: quote.old_unit,
        new_units: vec![PaperUnit {
            description: text.say("滚筒洗衣机 10 公斤", "Front-loading washer 10 kg"),
            model: "XQG100-HB14".to_owned(),
            serials: vec!["CEAAK10H200003N7Q012".to_owned()],
            condition: String::new(),
        }],
        removal_mode: text.say("一车同次：先开箱验新机，再拆旧装新", "One truck, same visit: check the new one first, then remove the old and install"),
        slot: text.say("2026-07-18（周六）09:00–11:00", "Saturday 2026-07-18, 09:00–11:00"),
        reservations: vec![text.say("上门时段：待总部确认", "time slot: to be confirmed by HQ")],
        sums: quote.sums,
        binding: text.say(
            "本人确认旧机归本人所有，同意按上列方式拆旧装新，并知悉：补贴获批与否均按上列两个金额之一结算，无需再次签字；其他任何金额变动须另行签字。旧机装车前可免费取消。",
            "I confirm that the old unit is mine and agree to its removal and the installation as stated. Whether or not the subsidy is approved, one of the two amounts above applies without a new signature; any other change of amount needs one. I may cancel free of charge until the old unit is loaded.",
        ),
        if_refused: Some(IfRefused::GoOnWithout),
        signer: Some(PaperSigner {
            name: "欧阳𠮷".to_owned(),
            relation: text.say("家属（配偶）", "Family (spouse)"),
            signed_at: "2026-07-15 10:51:33".to_owned(),
            signature: signature(),
        }),
    }
}

/// Several machines with long names, money to pay out, no subsidy, and no signature.
fn unsigned(text: Text) -> OrderPaper {
    let mut order = order(text);
    order.issuer = order.issuer.repeat(4);
    order.new_units = [(); 3].iter().flat_map(|()| order.new_units.clone()).collect();
    for unit in &mut order.new_units {
        unit.description = text.say(
            "十公斤滚筒洗衣机带烘干除菌蒸汽护理与智能投放超薄嵌入式全触控面板款",
            "Front-loading washer-dryer 10 kg with steam care, automatic dosing and a slim built-in body",
        );
        unit.model = "XQG100-HB14-EXTRA-LONG-MODEL-NAME-2026-GRADE-1/WHITE".to_owned();
    }
    let sums = &mut order.sums;
    let (more, subsidy) = (Fen(600_000), sums.subsidy);
    sums.subsidy = Fen(0);
    sums.old_machine = Fen(sums.old_machine.0 - more.0);
    sums.certain = Fen(sums.certain.0 - more.0);
    sums.if_approved = Fen(sums.if_approved.0 - more.0 - subsidy.0);
    order.if_refused = None;
    order.signer = None;
    order
}

/// A hand-like scribble: loops that shrink along the line, and a last dash.
fn signature() -> PaperSignature {
    // One turn of a circle in 16 steps, hundredths.
    const TURN: [i32; 16] = [0, 38, 71, 92, 100, 92, 71, 38, 0, -38, -71, -92, -100, -92, -71, -38];
    let swing = |step: usize| TURN.iter().copied().cycle().nth(step).unwrap_or(0);
    let word = |left: i32, turns: usize, height: i32| -> Vec<(i32, i32)> {
        (0..turns * 16)
            .map(|step| {
                let along = i32::try_from(step).unwrap_or(0);
                let tall = height - along * height / 160;
                (left + along * 3 + swing(step) * 34 / 100, 190 - swing(step + 12) * tall / 100)
            })
            .collect()
    };
    let dash = (0..12).map(|step| (150 + step * 38, 292 - step * 5)).collect();
    PaperSignature {
        width: 720,
        height: 360,
        strokes: vec![word(80, 4, 110), word(330, 5, 80), dash],
    }
}

fn card(text: Text) -> Result<CardPaper, Box<dyn std::error::Error>> {
    let payload = "DS1:6BF+70C6V%JXD0%H0S3E*ED$3DZKE1A/CO%6%PEUA7:S8WED:R6O2FL6L/5W0IAR6WBF*O8";
    let code =
        qrcode::QrCode::with_version(payload, qrcode::Version::Normal(8), qrcode::EcLevel::M)?;
    let qr = QrModules {
        size: code.width(),
        dark: code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect(),
    };
    Ok(CardPaper {
        language: text.0,
        sample: true,
        issuer: text.say("晨岚电器 · 浦东张江店", "Chenlan Appliances · Zhangjiang, Pudong"),
        card_id: "019814b7-51aa-7f02-8c11-90d3e27f6a55".to_owned(),
        provisional: text.0 == Language::Chinese,
        qr,
        machine: PaperUnit {
            description: text.say("分体挂壁式空调 1.5 匹", "Split air conditioner, 1.5 HP"),
            model: "KFR-35GW/N8A1".to_owned(),
            serials: vec![
                text.say("内机 7A00213K5521M", "indoor 7A00213K5521M"),
                text.say("外机 7B00213K5521M", "outdoor 7B00213K5521M"),
            ],
            condition: String::new(),
        },
        product_code: "6901234567892".to_owned(),
        customer: customer(text),
        invoice: "31002600111-20417733".to_owned(),
        warranty: CardClock {
            starts: text.say("2026-07-15 开具发票", "2026-07-15, date of the invoice"),
            term: text.say("整机 1 年", "1 year, whole unit"),
            until: "2027-07-14".to_owned(),
        },
        safe_life: CardClock {
            starts: text.say("2026-07-18 首次安装完成", "2026-07-18, first installation"),
            term: text.say("10 年", "10 years"),
            until: "2036-07-17".to_owned(),
        },
        terms: vec![
            CardTerm {
                part: text.say("整机", "Whole unit"),
                term: text.say("1 年", "1 year"),
                until: "2027-07-14".to_owned(),
            },
            CardTerm {
                part: text.say(
                    "主要部件：压缩机、风扇电机、控制板",
                    "Main parts: compressor, fan motor, control board",
                ),
                term: text.say("3 年", "3 years"),
                until: "2029-07-14".to_owned(),
            },
        ],
        notes: vec![
            text.say(
                "修理占用和等待配件的天数顺延保修期。",
                "Days spent under repair or waiting for parts move the end of cover later.",
            ),
            text.say(
                "移机请联系门店，擅自拆装造成的故障不在保修范围内。",
                "Ask the shop to move the unit; faults from moving it otherwise are not covered.",
            ),
        ],
    })
}
