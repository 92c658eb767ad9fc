//! Text from people made safe to print: it is data in a template, never markup or layout.

use super::font::{Fonts, Weight};

/// The text as it will be printed, on one line and without anything invisible.
///
/// - Line breaks, tabs and other controls become one space: a name cannot open a new row.
/// - Characters that show nothing but change others (direction overrides, joiners, variation
///   selectors, tags) are left out: printed and stored text then read the same.
/// - A character no embedded font has is printed as its code, `〔U+20BB7〕`, never as an empty box.
pub(crate) fn printable(text: &str, fonts: &Fonts, weight: Weight) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !is_invisible(*character)) {
        if is_blank(character) {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if fonts.face_for(character, weight).is_some() {
            out.push(character);
        } else {
            out.push_str(&format!("〔U+{:04X}〕", u32::from(character)));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_blank(character: char) -> bool {
    character.is_control()
        || character == '\u{2028}'
        || character == '\u{2029}'
        || (character.is_whitespace() && !matches!(character, '\u{A0}' | '\u{3000}'))
}

/// Default-ignorable and format characters of the Unicode Character Database (DerivedCoreProperties,
/// Default_Ignorable_Code_Point, and general category Cf) that a text of names may carry.
fn is_invisible(character: char) -> bool {
    matches!(
        u32::from(character),
        0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        printable(text, Fonts::embedded().unwrap(), Weight::Regular)
    }

    #[test]
    fn layout_and_direction_cannot_be_smuggled_in() {
        assert_eq!(printed("张三\n合计 0.00\t\u{7}元"), "张三 合计 0.00 元");
        assert_eq!(printed("\u{202E}00.001\u{202C} 元"), "00.001 元");
        assert_eq!(printed("a\u{200B}b\u{FEFF}c\u{E0041}"), "abc");
        assert_eq!(printed("  李  四  "), "李 四");
    }

    #[test]
    fn every_character_prints_or_shows_its_code() {
        assert_eq!(printed("𠮷野䶮㛃𬭎"), "𠮷野䶮㛃𬭎");
        assert_eq!(printed("☐ ☑"), "☐ ☑");
        assert_eq!(printed("王\u{378}"), "王〔U+0378〕");
        assert_eq!(printed("\u{10FFFF}"), "〔U+10FFFF〕");
    }
}
