//! Words of the trade and dice that fall the same way each time.

use sha2::{Digest, Sha256};

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰文辉玲玉梅建国志鹏欣怡子涵";
const ROADS: [&str; 12] = [
    "人民路",
    "中山北路",
    "解放大道",
    "张杨路",
    "世纪大道",
    "延安西路",
    "南京东路",
    "建设街",
    "胜利巷",
    "和平里",
    "长江路",
    "花园坊",
];
const ESTATES: [&str; 8] =
    ["阳光花园", "金桂苑", "绿地名邸", "东方新村", "滨江一号", "翠湖天地", "书香门第", "锦绣家园"];
const BRANDS: [&str; 6] = ["海尔", "美的", "格力", "容声", "小天鹅", "美菱"];
const VERDICTS: [&str; 6] = ["正常", "轻微磨损", "需更换", "客户自行处理", "已复测合格", "停用"];
const SHOTS: [&str; 6] = ["铭牌", "正面", "背面管线", "插座接地", "排水口", "安装完成"];
const WHO: [&str; 6] = ["客户", "邻居", "物业", "老人", "店员", "上一位师傅"];
const WHEN: [&str; 6] = ["今天上午", "昨天夜里", "上周三", "半年前", "搬家以后", "停电之后"];
const WHAT: [&str; 8] = [
    "冷藏室不制冷",
    "压缩机响声很大",
    "门封条老化漏冷气",
    "排水管堵塞",
    "外机支架生锈",
    "插座没有接地",
    "洗衣桶晃动",
    "遥控器失灵",
];
const THEN: [&str; 8] = [
    "约下午再来一次",
    "已经拍照留底",
    "报价单当面讲清",
    "旧机一并拉走",
    "先断电等配件",
    "换了新的进水管",
    "需要登高作业证",
    "不收上门费",
];

/// Dice seeded by a name: splitmix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of their own for this name.
    pub fn of(name: &[u64]) -> Dice {
        let mut hash = Sha256::new();
        for part in name {
            hash.update(part.to_be_bytes());
        }
        let seed: [u8; 32] = hash.finalize().into();
        Dice(seed.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit`, without it.
    pub fn below(&mut self, limit: i64) -> i64 {
        i64::try_from(self.roll() >> 2).unwrap_or(0) % limit
    }

    /// So many bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.roll().to_be_bytes()[0])
    }

    /// So many decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))).collect()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.roll()).unwrap_or(0) % of.len()]
    }

    fn letter(&mut self, of: &str) -> char {
        let count = i64::try_from(of.chars().count()).unwrap_or(1);
        of.chars().nth(usize::try_from(self.below(count)).unwrap_or(0)).unwrap_or('王')
    }
}

/// A person.
pub fn name(dice: &mut Dice) -> String {
    let given: String = (0..=dice.below(2)).map(|_| dice.letter(GIVEN)).collect();
    format!("{}{given}", dice.letter(SURNAMES))
}

/// Where somebody lives.
pub fn address(dice: &mut Dice) -> String {
    format!(
        "上海市浦东新区{}{}号{}{}号楼{}室",
        dice.one(&ROADS),
        1 + dice.below(999),
        dice.one(&ESTATES),
        1 + dice.below(40),
        100 + dice.below(3000)
    )
}

/// What somebody says about a machine.
pub fn sentence(dice: &mut Dice) -> String {
    format!(
        "{}说{}{}，{}，{}（{}）",
        dice.one(&WHO),
        dice.one(&WHEN),
        dice.one(&WHAT),
        dice.one(&THEN),
        dice.one(&THEN),
        dice.below(10_000)
    )
}

/// The result of a check.
pub fn verdict(dice: &mut Dice) -> String {
    format!("{} {}", dice.one(&VERDICTS), dice.below(100))
}

/// A guided shot.
pub fn shot(dice: &mut Dice) -> String {
    dice.one(&SHOTS).to_owned()
}

/// Who made a machine.
pub fn brand(dice: &mut Dice) -> String {
    dice.one(&BRANDS).to_owned()
}
