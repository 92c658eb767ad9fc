//! A paper as its reader sees it: the text of the PDF, and the amounts printed in it.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

/// The text of a PDF, laid out as on the page.
///
/// # Panics
/// Where `pdftotext` is missing; the message names the package that has it.
pub fn text(pdf: &[u8]) -> String {
    let started = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = started
        .unwrap_or_else(|error| panic!("pdftotext ({error}): install the package poppler-utils"));
    let mut stdin = child.stdin.take().expect("piped");
    let bytes = pdf.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&bytes));
    let done = child.wait_with_output().expect("pdftotext ends");
    assert!(done.status.success(), "pdftotext cannot read the paper");
    feeding.join().expect("no panic").expect("the whole paper is read");
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// The headings of the price table, as printed in Chinese.
pub const HEADS: [&str; 9] = [
    "新机标价",
    "优惠",
    "成交价",
    "政府补贴（预估）",
    "旧机抵扣",
    "服务费",
    "押金",
    "确定应付",
    "若补贴获批",
];

/// The price table of a paper: what stands beside each heading, and the lines below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable {
    /// Heading → fen.
    pub heads: BTreeMap<String, i64>,
    /// Heading → its lines, as label and fen.
    pub lines: BTreeMap<String, Vec<(String, i64)>>,
}

impl PriceTable {
    /// Reads the table out of a paper's text.
    pub fn read(text: &str) -> PriceTable {
        let mut table = PriceTable::default();
        let mut head = None;
        let rows = text
            .lines()
            .skip_while(|line| !line.contains("金额（元）"))
            .take_while(|line| !line.contains("说明与依据") && !line.contains("确认与约定"));
        for row in rows {
            let Some((label, amount)) = labelled_amount(row) else { continue };
            match HEADS.into_iter().find(|known| label.starts_with(known)) {
                Some(known) => {
                    let before = table.heads.insert(known.to_owned(), amount);
                    assert_eq!(before, None, "{known} stands twice in\n{text}");
                    head = Some(known.to_owned());
                }
                None => {
                    let head = head.clone().unwrap_or_else(|| panic!("{label} has no heading"));
                    table.lines.entry(head).or_default().push((label, amount));
                }
            }
        }
        table
    }

    /// What stands beside a heading; nothing printed is nothing charged.
    pub fn head(&self, name: &str) -> i64 {
        assert!(HEADS.contains(&name), "{name} is no heading");
        self.heads.get(name).copied().unwrap_or(0)
    }

    /// The lines below a heading.
    pub fn below(&self, name: &str) -> &[(String, i64)] {
        self.lines.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The amounts in the two boxes above the price detail: certain, and if approved where it is shown.
pub fn panel(text: &str) -> Vec<i64> {
    let begins = |line: &&str| line.trim_start().trim_start_matches('−').starts_with('¥');
    let row = text.lines().find(begins).unwrap_or_else(|| panic!("no totals panel in\n{text}"));
    row.split_whitespace().map(|part| fen(&part.replace('¥', "")).expect("an amount")).collect()
}

/// `4,299.00` in fen; `None` for what is no amount.
pub fn fen(printed: &str) -> Option<i64> {
    let (negative, digits) = match printed.strip_prefix(['-', '−', '+']) {
        Some(rest) => (!printed.starts_with('+'), rest),
        None => (false, printed),
    };
    let (yuan, rest) = digits.split_once('.')?;
    let yuan = yuan.replace(',', "");
    let whole = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    if !whole(&yuan) || !whole(rest) || rest.len() != 2 {
        return None;
    }
    let amount = yuan.parse::<i64>().ok()? * 100 + rest.parse::<i64>().ok()?;
    Some(if negative { -amount } else { amount })
}

/// A label with an amount in the column at the right; an amount within a sentence is none.
fn labelled_amount(row: &str) -> Option<(String, i64)> {
    let (label, amount) = row.trim().rsplit_once("  ")?;
    Some((label.trim().to_owned(), fen(amount.trim())?))
}
