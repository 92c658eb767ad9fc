//! Invented names: of two, three and four characters, double surnames, surnames with a reading of
//! their own, rare characters, and one in the form of a minority language.

const SURNAMES: [&str; 28] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "曾", "单", "仇", "解",
    "区", "查", "盖", "乐", "尉迟", "欧阳", "司马", "诸葛", "上官", "万俟", "逄", "禤",
];
const GIVEN: [&str; 30] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "伟明", "秀英", "志远", "子涵",
    "雨桐", "建国", "淑兰", "梓轩", "浩然", "思琪", "堃", "䶮", "犇", "玥", "翀", "瑾瑜", "昕怡",
    "国庆", "爱华", "晓东",
];
const WHOLE: [&str; 3] = ["阿依古丽·买买提", "德吉卓玛", "爱新觉罗·明"];

/// The name of a running number. Numbers far apart may share a name, as people do.
pub(super) fn customer(number: u32) -> String {
    if number % 37 == 36 {
        return super::at(&WHOLE, number / 37).unwrap_or_default().to_owned();
    }
    let surname = super::at(&SURNAMES, number).unwrap_or_default();
    let given = super::at(&GIVEN, number.wrapping_mul(7).wrapping_add(number / 28));
    format!("{surname}{}", given.unwrap_or_default())
}

/// An invented mobile number.
pub(super) fn phone(number: u32) -> String {
    let tail = u64::from(number).wrapping_mul(7_919).wrapping_add(20_130_001) % 100_000_000;
    format!("1{}{tail:08}", 30 + number % 10)
}

/// An invented address.
pub(super) fn address(number: u32) -> String {
    const ROADS: [&str; 6] =
        ["样例东路", "样例西路", "样例南路", "样例北路", "示范大道", "示范一街"];
    let road = super::at(&ROADS, number).unwrap_or_default();
    let (lane, house, floor) = (number % 180 + 1, number % 23 + 1, number % 17 + 1);
    format!("{road}{lane}弄{house}号{floor:02}{:02}室（样例）", number % 4 + 1)
}
