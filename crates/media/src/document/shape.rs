//! Text as glyphs with widths: what is measured is what is drawn.

use std::ops::Range;

use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, UnicodeBuffer};

use super::clean::printable;
use super::font::{Face, Fonts, Weight};

/// One glyph, positions in units of the font size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: f32,
    pub(crate) x_offset: f32,
    pub(crate) y_offset: f32,
}

/// The smallest piece a line may be cut into: a character with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cluster {
    pub(crate) face: Face,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    /// In units of the font size.
    pub(crate) width: f32,
}

impl Cluster {
    /// The character that decides how lines break here.
    pub(crate) fn character(&self) -> char {
        self.text.chars().next().unwrap_or(' ')
    }
}

/// Cleans and shapes a text from anywhere.
pub(crate) fn shape(text: &str, fonts: &Fonts, weight: Weight) -> Vec<Cluster> {
    let text = printable(text, fonts, weight);
    let mut clusters = Vec::new();
    let mut run: Option<(Face, String)> = None;
    for character in text.chars() {
        let face = fonts.face_for(character, weight).unwrap_or(Face::Regular);
        match &mut run {
            Some((running, letters)) if *running == face => letters.push(character),
            _ => {
                if let Some((face, letters)) = run.replace((face, character.to_string())) {
                    shape_run(face, &letters, fonts, &mut clusters);
                }
            }
        }
    }
    if let Some((face, letters)) = run {
        shape_run(face, &letters, fonts, &mut clusters);
    }
    narrow_dots(&mut clusters);
    clusters
}

/// Width of shaped text at a font size, in points.
pub(crate) fn width(clusters: &[Cluster], size: f32) -> f32 {
    clusters.iter().map(|cluster| cluster.width).sum::<f32>() * size
}

/// Quotation marks beside Latin letters in their narrow form: Chinese and English share the code
/// points, and a Chinese face draws them a full square wide.
fn latin_marks(letters: &str) -> Vec<Feature> {
    let latin = |character: Option<char>| character.is_some_and(|c| c.is_ascii_graphic());
    letters
        .char_indices()
        .filter(|(at, character)| {
            let before = letters.get(..*at).and_then(|text| text.chars().next_back());
            let after =
                letters.get(at + character.len_utf8()..).and_then(|text| text.chars().next());
            matches!(character, '“' | '”' | '‘' | '’') && (latin(before) || latin(after))
        })
        // The shaper takes the end it is given as the first byte no longer meant.
        .map(|(at, _)| Feature::new(Tag::from_bytes(b"pwid"), 1, at..=at + 1))
        .collect()
}

/// Width of a middle dot between spaces, in units of the font size.
const DOT_WIDTH: f32 = 0.4;

/// Middle dots between spaces, which already set them apart, without the rest of their square; the
/// fonts have no narrow form of them.
fn narrow_dots(clusters: &mut [Cluster]) {
    let character = |cluster: Option<&Cluster>| cluster.map(Cluster::character);
    let spaced: Vec<usize> = clusters
        .windows(3)
        .zip(1..)
        .filter(|(near, _)| {
            [0, 1, 2].map(|at| character(near.get(at))) == [' ', '·', ' '].map(Some)
        })
        .map(|(_, at)| at)
        .collect();
    for at in spaced {
        let Some(dot) = clusters.get_mut(at) else { continue };
        let cut = dot.width - DOT_WIDTH;
        if let [glyph] = dot.glyphs.as_mut_slice() {
            glyph.advance -= cut;
            glyph.x_offset -= cut / 2.0;
            dot.width = DOT_WIDTH;
        }
    }
}

fn shape_run(face: Face, letters: &str, fonts: &Fonts, clusters: &mut Vec<Cluster>) {
    let Some(font) = fonts.get(face) else { return };
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(letters);
    // None of the embedded fonts has a script written from the right.
    buffer.set_direction(Direction::LeftToRight);
    buffer.guess_segment_properties();
    let shaped = rustybuzz::shape(&font.shaper, &latin_marks(letters), buffer);
    let em = font.pdf.units_per_em();
    let starts: Vec<usize> = shaped
        .glyph_infos()
        .iter()
        .map(|info| usize::try_from(info.cluster).unwrap_or(usize::MAX))
        .collect();
    let mut last_start = None;
    for (at, (info, position)) in
        shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate()
    {
        let Some(&start) = starts.get(at) else { return };
        let advance = position.x_advance as f32 / em;
        let glyph = Glyph {
            id: info.glyph_id,
            advance,
            x_offset: position.x_offset as f32 / em,
            y_offset: position.y_offset as f32 / em,
        };
        if last_start == Some(start)
            && let Some(cluster) = clusters.last_mut()
        {
            cluster.width += advance;
            cluster.glyphs.push(glyph);
            continue;
        }
        let range: Range<usize> =
            start..starts.iter().copied().find(|next| *next > start).unwrap_or(letters.len());
        clusters.push(Cluster {
            face,
            text: letters.get(range).unwrap_or_default().to_owned(),
            glyphs: vec![glyph],
            width: advance,
        });
        last_start = Some(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(text: &str) -> Vec<Cluster> {
        shape(text, Fonts::embedded().unwrap(), Weight::Regular)
    }

    #[test]
    fn clusters_give_the_text_back() {
        for text in ["Tel. 138****5678", "旧机：海尔 BCD-215，𠮷宅", "office ﬁx é ☑", ""]
        {
            let back: String = shaped(text).iter().map(|c| c.text.as_str()).collect();
            assert_eq!(back, text);
        }
    }

    #[test]
    fn quotation_marks_fit_the_script_beside_them() {
        let widths = |text: &str| -> Vec<f32> {
            shaped(text).iter().filter(|c| "“”’".contains(c.character())).map(|c| c.width).collect()
        };
        assert!(widths("按“确定应付”结算").iter().all(|w| (w - 1.0).abs() < 1e-4));
        let latin = widths("the “certain” amount, it’s");
        assert!(latin.iter().all(|w| *w < 0.6), "{latin:?}");
    }

    #[test]
    fn a_middle_dot_between_spaces_is_narrow() {
        let dots = |text: &str| -> Vec<f32> {
            shaped(text).iter().filter(|c| c.character() == '·').map(|c| c.width).collect()
        };
        assert_eq!(dots("晨岚电器 · 张江店 · grade 1"), [DOT_WIDTH, DOT_WIDTH]);
        assert_eq!(dots("阿依古丽·买买提"), [1.0], "within a name it keeps its square");
    }

    #[test]
    fn digits_are_tabular_and_no_glyph_is_missing() {
        let digits = shaped("0123456789\u{2212}+");
        assert!(digits.iter().all(|c| (c.width - 0.555).abs() < 1e-4), "{digits:?}");
        let rare = shaped("𠮷䶮☐");
        assert_eq!(
            rare.iter().map(|c| c.face).collect::<Vec<_>>(),
            [Face::Rare, Face::Regular, Face::Marks]
        );
        assert!(rare.iter().flat_map(|c| &c.glyphs).all(|g| g.id != 0));
    }
}
