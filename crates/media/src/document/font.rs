//! The embedded fonts, and which of them prints a character.

use std::sync::LazyLock;

use rustybuzz::Face as Shaper;

/// The weight a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Running text.
    Regular,
    /// Headings and totals.
    Bold,
}

/// One of the embedded fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    /// Noto Sans SC Regular, 30,890 characters.
    Regular,
    /// Noto Sans SC Bold, cut to GB 2312 and Latin.
    Bold,
    /// The Han characters of Noto Sans CJK SC that Noto Sans SC lacks: rare names.
    Rare,
    /// Boxes, ticks and arrows of Noto Sans Symbols 2.
    Marks,
}

impl Face {
    const ALL: [Face; 4] = [Face::Regular, Face::Bold, Face::Rare, Face::Marks];

    fn bytes(self) -> &'static [u8] {
        match self {
            Face::Regular => include_bytes!("../../fonts/NotoSansSC-Regular.ttf"),
            Face::Bold => include_bytes!("../../fonts/NotoSansSC-Bold-GB2312.ttf"),
            Face::Rare => include_bytes!("../../fonts/NotoSansCJKsc-Rare.otf"),
            Face::Marks => include_bytes!("../../fonts/NotoSansSymbols2-Marks.ttf"),
        }
    }
}

impl Weight {
    /// The faces asked in turn; a character missing in bold is printed regular.
    fn chain(self) -> &'static [Face] {
        match self {
            Weight::Regular => &[Face::Regular, Face::Rare, Face::Marks],
            Weight::Bold => &[Face::Bold, Face::Regular, Face::Rare, Face::Marks],
        }
    }
}

/// An embedded font in the two forms needed: for shaping and for the PDF.
pub(crate) struct Loaded {
    face: Face,
    /// Character map, shaping tables and outlines.
    pub(crate) shaper: Shaper<'static>,
    /// The same font as the PDF writer embeds it, subset to the characters used.
    pub(crate) pdf: krilla::text::Font,
}

/// All embedded fonts, read once.
pub(crate) struct Fonts(Vec<Loaded>);

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    Face::ALL
        .into_iter()
        .map(|face| {
            Some(Loaded {
                face,
                shaper: Shaper::from_slice(face.bytes(), 0)?,
                pdf: krilla::text::Font::new(face.bytes().into(), 0)?,
            })
        })
        .collect::<Option<Vec<_>>>()
        .map(Fonts)
});

impl Fonts {
    /// The embedded fonts; `None` only when the program was built with damaged font files.
    pub(crate) fn embedded() -> Option<&'static Fonts> {
        FONTS.as_ref()
    }

    /// One font.
    pub(crate) fn get(&self, face: Face) -> Option<&Loaded> {
        self.0.iter().find(|loaded| loaded.face == face)
    }

    /// The first font of the weight's chain that has a glyph for `character`.
    pub(crate) fn face_for(&self, character: char, weight: Weight) -> Option<Face> {
        weight.chain().iter().copied().find(|face| {
            self.get(*face).is_some_and(|font| font.shaper.glyph_index(character).is_some())
        })
    }
}
