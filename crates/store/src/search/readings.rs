//! How a Chinese name is read, for people who type pinyin.

use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;

/// Surnames whose reading differs from the character's common one, or that are read in more than one
/// way. Common knowledge, not taken from one dictionary. A reading too many only finds a card more, and
/// the common reading is kept beside these.
const SURNAMES: [(&str, &[&str]); 46] = [
    ("曾", &["zeng"]),
    ("单", &["shan"]),
    ("仇", &["qiu"]),
    ("解", &["xie"]),
    ("区", &["ou"]),
    ("查", &["zha"]),
    ("盖", &["ge", "gai"]),
    ("朴", &["piao"]),
    ("任", &["ren"]),
    ("华", &["hua"]),
    ("宁", &["ning"]),
    ("冼", &["xian"]),
    ("洗", &["xian"]),
    ("尉", &["wei"]),
    ("员", &["yun"]),
    ("翟", &["zhai"]),
    ("燕", &["yan"]),
    ("种", &["chong"]),
    ("乐", &["yue", "le"]),
    ("那", &["na"]),
    ("覃", &["qin", "tan"]),
    ("缪", &["miao"]),
    ("折", &["she"]),
    ("郇", &["xun", "huan"]),
    ("隗", &["wei", "kui"]),
    ("召", &["shao"]),
    ("葛", &["ge"]),
    ("哈", &["ha"]),
    ("应", &["ying"]),
    ("薄", &["bo"]),
    ("秘", &["bi"]),
    ("句", &["gou"]),
    ("祭", &["zhai"]),
    ("繁", &["po"]),
    ("车", &["che"]),
    ("晁", &["chao"]),
    ("臧", &["zang"]),
    ("黑", &["he"]),
    ("牟", &["mou", "mu"]),
    ("撒", &["sa"]),
    ("相", &["xiang"]),
    ("卜", &["bu"]),
    ("逄", &["pang"]),
    ("佴", &["nai"]),
    ("令", &["ling"]),
    ("纪", &["ji"]),
];

/// Surnames of two characters with a reading that neither character gives by itself.
const DOUBLE_SURNAMES: [(&str, [&str; 2]); 10] = [
    ("尉迟", ["yu", "chi"]),
    ("万俟", ["mo", "qi"]),
    ("单于", ["chan", "yu"]),
    ("长孙", ["zhang", "sun"]),
    ("澹台", ["tan", "tai"]),
    ("鲜于", ["xian", "yu"]),
    ("令狐", ["ling", "hu"]),
    ("宰父", ["zai", "fu"]),
    ("乐正", ["yue", "zheng"]),
    ("亓官", ["qi", "guan"]),
];

/// Syllables of one token; nobody types more before the list is short.
const MAX_SYLLABLES: usize = 8;
/// Readings followed for one character, and for one whole token.
const MAX_READINGS: usize = 3;
const MAX_COMBINATIONS: usize = 8;

/// Everything that a person may type in pinyin to find `name`: from each character on, the full
/// readings without tones and their initials. What is typed matches when one of these begins with
/// it. `name` is already [normal](super::segment::normal).
pub(super) fn spoken(name: &str) -> BTreeSet<String> {
    let mut spoken = BTreeSet::new();
    let mut run = Vec::new();
    for character in name.chars().chain([' ']) {
        if character.to_pinyin_multi().is_some() {
            run.push(character);
        } else if !run.is_empty() {
            let readings = readings_of(&run);
            for start in 0..readings.len() {
                let syllables = readings.iter().skip(start).take(MAX_SYLLABLES);
                add_combinations(syllables, &mut spoken);
            }
            run.clear();
        }
    }
    spoken
}

/// The readings of each character of a run of Han characters, surnames first.
fn readings_of(run: &[char]) -> Vec<Vec<String>> {
    let mut readings: Vec<Vec<String>> = run.iter().copied().map(common).collect();
    let starts_with = |surname: &str| surname.chars().zip(run).all(|(a, b)| a == *b);
    let double = DOUBLE_SURNAMES.iter().find(|(name, _)| run.len() > 1 && starts_with(name));
    if let Some((_, syllables)) = double {
        for (slot, syllable) in readings.iter_mut().zip(syllables) {
            put_first(slot, &[*syllable]);
        }
    } else if let Some((_, surname)) = SURNAMES.iter().find(|(name, _)| starts_with(name))
        && let Some(slot) = readings.first_mut()
    {
        put_first(slot, surname);
    }
    readings
}

/// The readings of one character without tones, the common one first. ü is typed v, and u or yu in
/// passports (GB/T 28039-2011).
fn common(character: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain();
        for typed in [plain.replace('ü', "v"), plain.replace('ü', "u"), plain.replace('ü', "yu")]
        {
            if typed.bytes().all(|byte| byte.is_ascii_lowercase()) && !readings.contains(&typed) {
                readings.push(typed);
            }
        }
    }
    readings.truncate(MAX_READINGS);
    readings
}

fn put_first(slot: &mut Vec<String>, surname: &[&str]) {
    let mut readings: Vec<String> = surname.iter().map(|&reading| reading.to_owned()).collect();
    readings.extend(slot.drain(..).filter(|reading| !surname.contains(&reading.as_str())));
    readings.truncate(MAX_READINGS);
    *slot = readings;
}

fn add_combinations<'a>(
    syllables: impl Iterator<Item = &'a Vec<String>>,
    spoken: &mut BTreeSet<String>,
) {
    let mut combinations = vec![(String::new(), String::new())];
    for readings in syllables {
        let mut longer = Vec::new();
        // The common reading of every earlier choice comes before a rare one of the last.
        for reading in readings {
            for (full, initials) in &combinations {
                let initial = reading.chars().next().map(String::from).unwrap_or_default();
                longer.push((format!("{full}{reading}"), format!("{initials}{initial}")));
            }
        }
        longer.truncate(MAX_COMBINATIONS);
        combinations = longer;
    }
    for (full, initials) in combinations {
        spoken.insert(full);
        spoken.insert(initials);
    }
}
