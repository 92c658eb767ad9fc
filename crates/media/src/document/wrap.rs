//! Line breaking for mixed Chinese and Latin text.
//!
//! Chinese may break between any two characters, Latin after spaces and hyphens. No line starts
//! with a closing mark or ends with an opening one (GB/T 15834—2011, 5.1: position of punctuation).

use super::shape::Cluster;

/// Marks that may not start a line.
const NOT_FIRST: &str = "，。、；：？！）》】〕」』〉…—～·％‰℃°”’,.;:!?)]}%›»〗〞･・ー々";
/// Marks that may not end a line.
const NOT_LAST: &str = "（《【〔「『〈“‘([{¥￥$#№‹«〖〝";

/// Cuts shaped text into lines no wider than `width` points at `size`.
///
/// A word longer than a line is cut where the line is full. Spaces at a cut are dropped. Text
/// without characters gives no line.
pub(crate) fn lines(clusters: &[Cluster], size: f32, width: f32) -> Vec<Vec<Cluster>> {
    let limit = width / size;
    let mut lines = Vec::new();
    let mut rest = clusters;
    while !rest.is_empty() {
        let cut = cut(rest, limit);
        let (line, after) = rest.split_at(cut.min(rest.len()));
        lines.push(without_outer_spaces(line).to_vec());
        let skipped = after.iter().take_while(|c| c.character() == ' ').count();
        rest = after.get(skipped..).unwrap_or_default();
    }
    lines
}

/// How many clusters the next line takes, at least one.
fn cut(clusters: &[Cluster], limit: f32) -> usize {
    let mut used = 0.0;
    let mut allowed = None;
    let mut before: Option<(char, char)> = None;
    for (at, cluster) in clusters.iter().enumerate() {
        let character = cluster.character();
        if let Some((earlier, last)) = before
            && may_break(earlier, last, character)
        {
            allowed = Some(at);
        }
        used += cluster.width;
        // A space may stand beyond the edge: it is dropped there.
        if used > limit + 0.001 && character != ' ' {
            return allowed.unwrap_or(at).max(1);
        }
        before = Some((before.map_or(' ', |(_, last)| last), character));
    }
    clusters.len()
}

fn may_break(earlier: char, last: char, next: char) -> bool {
    if NOT_FIRST.contains(next) || NOT_LAST.contains(last) || next == ' ' {
        return false;
    }
    if last == ' ' || is_han(last) || is_han(next) {
        return true;
    }
    matches!(last, '-' | '/' | '_') && earlier.is_alphanumeric() && next.is_alphanumeric()
}

/// Characters set solid on a square, between which Chinese lines break.
fn is_han(character: char) -> bool {
    matches!(
        u32::from(character),
        0x2E80..=0x303F | 0x3040..=0x30FF | 0x3100..=0x9FFF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F
            | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF
    ) || matches!(character, '—' | '…' | '“' | '”' | '‘' | '’')
}

fn without_outer_spaces(line: &[Cluster]) -> &[Cluster] {
    let start = line.iter().take_while(|c| c.character() == ' ').count();
    let trailing = line.iter().rev().take_while(|c| c.character() == ' ').count();
    line.get(start..line.len().saturating_sub(trailing)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::font::{Fonts, Weight};
    use super::super::shape::{shape, width};
    use super::*;
    use proptest::prelude::*;

    fn cut_text(text: &str, ems: f32) -> Vec<String> {
        let clusters = shape(text, Fonts::embedded().unwrap(), Weight::Regular);
        lines(&clusters, 10.0, ems * 10.0)
            .iter()
            .map(|line| line.iter().map(|c| c.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn no_line_starts_with_a_comma_or_ends_with_a_bracket() {
        assert_eq!(cut_text("旧机已清空，断电。", 5.0), ["旧机已清", "空，断电。"]);
        assert_eq!(cut_text("新机一台（含安装）", 5.0), ["新机一台", "（含安装）"]);
        assert_eq!(cut_text("应付金额¥5,406.00元", 5.5), ["应付金额", "¥5,406.00元"]);
    }

    #[test]
    fn latin_words_and_model_numbers_stay_whole_where_they_can() {
        assert_eq!(cut_text("Remove and install", 6.0), ["Remove and", "install"]);
        assert_eq!(cut_text("海尔 BCD-215STPH 冰箱", 7.0), ["海尔 BCD-", "215STPH 冰箱"]);
        assert_eq!(cut_text("ABCDEFGHIJKLMNOP", 4.0).concat(), "ABCDEFGHIJKLMNOP");
        assert_eq!(cut_text("差额 -133.00", 4.0), ["差额", "-133.00"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_is_too_wide(text in "\\PC{0,80}", ems in 3u8..40) {
            let clusters = shape(&text, Fonts::embedded().unwrap(), Weight::Regular);
            let cut = lines(&clusters, 1.0, f32::from(ems));
            let kept: String = cut.iter().flatten().map(|c| c.text.as_str()).collect();
            let solid = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            let all: String = clusters.iter().map(|c| c.text.as_str()).collect();
            prop_assert_eq!(solid(&kept), solid(&all));
            for line in &cut {
                prop_assert!(line.len() == 1 || width(line, 1.0) <= f32::from(ems) + 0.01);
            }
        }
    }
}
