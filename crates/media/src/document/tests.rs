//! The papers as a reader's tools see them: what `pdftotext`, `pdffonts` and a code reader find.

use std::path::PathBuf;
use std::process::Command;

use doorstep_domain::money::Fen;
use doorstep_domain::words::Language;
use proptest::prelude::*;

use super::*;

fn line(label: &str, amount: i64) -> PaperLine {
    PaperLine { label: label.to_owned(), note: None, amount: Fen(amount), struck: false }
}

fn quote(language: Language) -> QuotePaper {
    let mut struck = line("旧机上门回收费", 3_000);
    struck.struck = true;
    struck.note = Some("不收取：补贴细则规定免费回收".to_owned());
    let lines = PriceLines {
        new: vec![line("滚筒洗衣机 10 公斤", 599_900)],
        discounts: vec![line("商家立减", -60_000)],
        subsidy: vec![line("国家补贴 15 %", -80_985)],
        old_machine: vec![line("残值基准", -21_300), line("扣减：门封老化", 8_000)],
        fees: vec![line("6 楼无电梯搬运", 14_000), struck],
        deposits: Vec::new(),
    };
    QuotePaper {
        language,
        sample: true,
        issuer: "晨岚电器".to_owned(),
        quote_id: "Q-20260715-0042".to_owned(),
        content_hash: "00112233445566778899aabbccddeeff".to_owned(),
        made_at: "2026-07-15 10:42:07".to_owned(),
        valid_until: "2026-07-22 23:59:59".to_owned(),
        customer: PaperCustomer {
            name: "𠮷野䶮\u{378}".to_owned(),
            phone: "13812345678".to_owned(),
            address: "上海市浦东新区科苑路 1234 弄 56 号".to_owned(),
        },
        old_unit: None,
        sums: lines.sums().unwrap(),
        lines,
        reservations: vec!["滚筒洗衣机 1 台：已预留至 2026-07-15 14:42".to_owned()],
        remarks: vec!["2 级能效：2026 年国补不适用。".to_owned()],
        sources: vec!["CN-2026".to_owned()],
        bundles: vec!["价格本 2026-07 第 12 版".to_owned()],
    }
}

fn order() -> OrderPaper {
    let quote = quote(Language::English);
    OrderPaper {
        language: Language::English,
        sample: false,
        issuer: "Chenlan".to_owned(),
        receipt_number: "R-0715-204".to_owned(),
        state: OrderState::AwaitingHq,
        quote_id: quote.quote_id,
        content_hash: quote.content_hash,
        customer: quote.customer,
        old_unit: Some(PaperUnit {
            description: "Refrigerator".to_owned(),
            model: "BCD-215".to_owned(),
            serials: vec!["BC74K6412".to_owned()],
            condition: String::new(),
        }),
        new_units: vec![PaperUnit {
            description: "Washer".to_owned(),
            model: "XQG100".to_owned(),
            serials: vec!["CEAAK10H2".to_owned()],
            condition: String::new(),
        }],
        removal_mode: "One truck, same visit".to_owned(),
        slot: "2026-07-18 09:00-11:00".to_owned(),
        reservations: vec!["1 x XQG100: to be confirmed by HQ".to_owned()],
        sums: quote.sums,
        binding: "One of the two amounts applies.".to_owned(),
        if_refused: Some(IfRefused::CancelFree),
        signer: Some(PaperSigner {
            name: "Ouyang".to_owned(),
            relation: "Family".to_owned(),
            signed_at: "2026-07-15 10:51:33".to_owned(),
            signature: PaperSignature {
                width: 720,
                height: 360,
                strokes: vec![vec![(10, 10), (300, 200), (700, 90)], vec![(40, 40)], Vec::new()],
            },
        }),
    }
}

fn card(payload: &str) -> CardPaper {
    let code = qrcode::QrCode::new(payload).unwrap();
    CardPaper {
        language: Language::Chinese,
        sample: true,
        issuer: "晨岚电器".to_owned(),
        card_id: "C-0001".to_owned(),
        provisional: true,
        qr: QrModules {
            size: code.width(),
            dark: code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect(),
        },
        machine: PaperUnit {
            description: "分体挂壁式空调".to_owned(),
            model: "KFR-35GW".to_owned(),
            serials: vec!["7A00213".to_owned(), "7B00213".to_owned()],
            condition: String::new(),
        },
        product_code: "6901234567892".to_owned(),
        customer: PaperCustomer {
            name: "张三".to_owned(),
            phone: "13812345678".to_owned(),
            address: String::new(),
        },
        invoice: String::new(),
        warranty: CardClock {
            starts: "2026-07-15".to_owned(),
            term: "1 年".to_owned(),
            until: "2027-07-14".to_owned(),
        },
        safe_life: CardClock {
            starts: "2026-07-18".to_owned(),
            term: "10 年".to_owned(),
            until: "2036-07-17".to_owned(),
        },
        terms: vec![CardTerm {
            part: "整机".to_owned(),
            term: "1 年".to_owned(),
            until: "2027-07-14".to_owned(),
        }],
        notes: Vec::new(),
    }
}

/// Runs a poppler tool on the PDF; `None`, said aloud, where poppler-utils is not installed.
fn poppler(tool: &str, options: &[&str], pdf: &[u8], output: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new(tool);
    command.args(options).arg(&path);
    if !output.is_empty() {
        command.arg(output);
    }
    match command.output() {
        Ok(done) => {
            assert!(done.status.success(), "{tool}: {}", String::from_utf8_lossy(&done.stderr));
            Some(done.stdout)
        }
        Err(_) => {
            eprintln!("SKIPPED: {tool} is not installed (Debian package poppler-utils)");
            None
        }
    }
}

/// The text without spaces, whose number a text extractor guesses from distances.
fn text(pdf: &[u8]) -> Option<String> {
    let bytes = poppler("pdftotext", &["-layout"], pdf, "-")?;
    Some(solid(&String::from_utf8(bytes).unwrap()))
}

fn solid(text: &str) -> String {
    text.replace(' ', "")
}

#[test]
fn a_quote_reads_back_whole() {
    let pdf = quote_paper(&quote(Language::Chinese)).unwrap();
    let Some(text) = text(&pdf) else { return };
    for part in [
        "以旧换新报价单",
        "Trade-in quote",
        "样例数据",
        "Q-20260715-0042",
        "bbccddeeff",
        "𠮷野䶮〔U+0378〕",
        "138****5678",
        "确定应付",
        "¥5,406.00",
        "若补贴获批",
        "¥4,596.15",
        "成交价",
        "5,399.00",
        "\u{2212}809.85",
        "\u{2212}133.00",
        "140.00",
        "不收取",
        "价格本 2026-07 第 12 版",
        "第 1 页 / 共 2 页",
    ] {
        assert!(text.contains(&solid(part)), "{part} is missing in:\n{text}");
    }
    assert!(!text.contains("13812345678"), "the phone number is not masked");
    let english = quote_paper(&quote(Language::English)).unwrap();
    let english = self::text(&english).unwrap();
    for part in ["Trade-in quote", "Certain to pay", "If the subsidy is approved", "Page 1 of 2"] {
        assert!(english.contains(&solid(part)), "{part} is missing in:\n{english}");
    }
}

#[test]
fn fonts_are_embedded_and_subset() {
    let pdf = quote_paper(&quote(Language::Chinese)).unwrap();
    assert!(pdf.len() < 150_000, "{} bytes: the fonts are not subset", pdf.len());
    let Some(fonts) = poppler("pdffonts", &[], &pdf, "") else { return };
    let fonts = String::from_utf8(fonts).unwrap();
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(rows.len() >= 3, "{fonts}");
    for row in rows {
        let words: Vec<&str> = row.split_whitespace().collect();
        assert!(words.windows(3).any(|w| w == ["yes", "yes", "yes"]), "emb sub uni: {row}");
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    assert_eq!(quote_paper(&quote(Language::Chinese)), quote_paper(&quote(Language::Chinese)));
    assert_eq!(order_paper(&order()), order_paper(&order()));
    assert_eq!(card_paper(&card("DS1")), card_paper(&card("DS1")));
    let mut other = quote(Language::Chinese);
    other.customer.name = "李四".to_owned();
    assert_ne!(quote_paper(&other), quote_paper(&quote(Language::Chinese)));
}

#[test]
fn a_paper_that_does_not_add_up_is_not_printed() {
    let mut wrong = quote(Language::Chinese);
    wrong.sums.certain = Fen(wrong.sums.certain.0 + 1);
    assert_eq!(quote_paper(&wrong), Err(DocumentError::DoesNotAddUp("certain")));
    let mut wrong = quote(Language::Chinese);
    wrong.lines.fees.push(line("加收", 100));
    assert_eq!(quote_paper(&wrong), Err(DocumentError::DoesNotAddUp("lines")));
    let mut wrong = order();
    wrong.sums.if_approved = Fen(0);
    assert_eq!(order_paper(&wrong), Err(DocumentError::DoesNotAddUp("if_approved")));
}

#[test]
fn a_long_quote_repeats_its_header_and_loses_no_line() {
    let mut long = quote(Language::Chinese);
    for number in 1..=30 {
        long.lines.fees.push(line(&format!("安装辅材第{number}项。"), 100));
    }
    long.sums = long.lines.sums().unwrap();
    let pdf = quote_paper(&long).unwrap();
    let Some(text) = text(&pdf) else { return };
    assert!(text.contains("第1页/共2页") && text.contains("第2页/共2页"), "{text}");
    assert_eq!(text.matches("金额（元）").count(), 2, "the table header stands on both pages");
    assert_eq!(text.matches("服务费（续）").count(), 1, "the group goes on under its name");
    for number in 1..=30 {
        assert_eq!(text.matches(&format!("安装辅材第{number}项。")).count(), 1, "line {number}");
    }
}

#[test]
fn a_payout_carries_its_minus_before_the_currency() {
    let mut paper = quote(Language::Chinese);
    paper.lines.old_machine = vec![line("残值基准", -700_000)];
    paper.sums = paper.lines.sums().unwrap();
    let Some(text) = text(&quote_paper(&paper).unwrap()) else { return };
    assert!(text.contains("\u{2212}¥1,461.00") && text.contains("\u{2212}7,000.00"), "{text}");
    assert!(text.contains("负数由门店付给客户"), "{text}");
    assert!(!text.contains("¥-") && !text.contains("¥\u{2212}"), "{text}");
}

#[test]
fn customer_text_stays_in_its_place() {
    let mut hostile = quote(Language::Chinese);
    hostile.customer.name = "张三\n确定应付 ¥0.01\u{202E}\u{0}".to_owned();
    hostile.customer.address = "长".repeat(4_000);
    hostile.lines.new[0].note = Some("很长的说明，".repeat(900));
    let pdf = quote_paper(&hostile).unwrap();
    let Some(text) = text(&pdf) else { return };
    assert!(text.lines().any(|l| l.contains("张三确定应付¥0.01")), "the name broke its line");
    assert_eq!(text.matches('长').count(), 4_000 + 900, "text was lost");
    assert!(text.contains("¥5,406.00"));
}

#[test]
fn an_order_says_what_was_signed() {
    let pdf = order_paper(&order()).unwrap();
    let Some(text) = text(&pdf) else { return };
    for part in [
        "R-0715-204",
        "Awaiting HQ",
        "BC74K6412",
        "CEAAK10H2",
        "One truck, same visit",
        "¥5,406.00",
        "¥4,596.15",
        "Cancel the order free of charge",
        "Ouyang",
        "Family",
        "2026-07-15 10:51:33",
        "One of the two amounts applies.",
    ] {
        assert!(text.contains(&solid(part)), "{part} is missing in:\n{text}");
    }
    assert!(!text.contains("SAMPLE"));
    let mut registered = order();
    registered.state = OrderState::Registered { order_number: "SH-318".to_owned() };
    registered.signer = None;
    let text = self::text(&order_paper(&registered).unwrap()).unwrap();
    assert!(text.contains("SH-318") && text.contains("Registered") && text.contains("Notsigned"));
    assert!(!text.contains("AwaitingHQ"));
}

#[test]
fn the_code_on_a_card_can_be_read_from_paper() {
    let payload = "DS1:6BF+70C6V%JXD0%H0S3E*ED$3DZKE1A/CO%6%PEUA7";
    let pdf = card_paper(&card(payload)).unwrap();
    let Some(page) = poppler("pdftoppm", &["-r", "150", "-gray", "-singlefile"], &pdf, "") else {
        return;
    };
    let (width, height, luma) = grey_page(&page);
    let read =
        rxing::helpers::detect_in_luma(luma, width, height, Some(rxing::BarcodeFormat::QR_CODE))
            .unwrap();
    assert_eq!(read.getText(), payload);
    let text = text(&pdf).unwrap();
    for part in ["临时卡", "7A00213 / 7B00213", "2027-07-14", "2036-07-17", "整机"] {
        assert!(text.contains(&solid(part)), "{part} is missing in:\n{text}");
    }
}

/// Width, height and pixels of a binary PGM file.
fn grey_page(pgm: &[u8]) -> (u32, u32, Vec<u8>) {
    let header: Vec<&[u8]> = pgm.split(u8::is_ascii_whitespace).take(4).collect();
    let number = |at: usize| std::str::from_utf8(header[at]).unwrap().parse::<u32>().unwrap();
    let start = header.iter().map(|part| part.len() + 1).sum::<usize>();
    (number(1), number(2), pgm[start..].to_vec())
}

#[test]
fn modules_that_are_no_code_are_refused() {
    let mut wrong = card("DS1");
    wrong.qr.dark.pop();
    assert!(matches!(card_paper(&wrong), Err(DocumentError::QrShape { size: 21, modules: 440 })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_makes_a_paper(name in ".{0,60}", note in "\\PC{0,300}", points in prop::collection::vec(any::<(i32, i32)>(), 0..20)) {
        let mut paper = quote(Language::English);
        paper.customer.name = name.clone();
        paper.remarks = vec![note.clone()];
        prop_assert!(quote_paper(&paper).is_ok());
        let mut paper = order();
        paper.binding = note;
        if let Some(signer) = &mut paper.signer {
            signer.name = name;
            signer.signature.strokes = vec![points];
        }
        prop_assert!(order_paper(&paper).is_ok());
    }
}
