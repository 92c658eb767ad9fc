//! The codes the corpus paints: QR, EAN-13 and Code 128 as grids of modules.

/// What a picture should read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Symbology.
    pub format: LabelFormat,
    /// Exact text.
    pub text: String,
}

use doorstep_media::label::LabelFormat;

/// A code with its quiet zone, to be painted at any size.
#[derive(Debug, Clone)]
pub struct Symbol {
    /// What it should read as.
    pub expected: Expected,
    /// Modules across, quiet zones included.
    pub width: usize,
    /// Modules down; a bar code is one row stretched over all of them.
    pub height: usize,
    dark: Vec<bool>,
    bars: bool,
    quiet: usize,
}

impl Symbol {
    /// Whether the module at (x, y) is dark; nothing outside is.
    pub fn is_dark(&self, x: f32, y: f32) -> bool {
        let (x, y) = (x - self.quiet as f32, y - self.quiet as f32);
        let inner = (self.width - 2 * self.quiet, self.height - 2 * self.quiet);
        if x < 0.0 || y < 0.0 || x >= inner.0 as f32 || y >= inner.1 as f32 {
            return false;
        }
        let row = if self.bars { 0 } else { y as usize };
        self.dark[row * inner.0 + x as usize]
    }

    /// Leaves only `percent` of the quiet zone on every side, in whole modules.
    pub fn keep_quiet(&mut self, percent: usize) {
        let kept = self.quiet * percent / 100;
        let cut = 2 * (self.quiet - kept);
        (self.width, self.height, self.quiet) = (self.width - cut, self.height - cut, kept);
    }

    /// A QR code at level M.
    pub fn qr(text: &str) -> Symbol {
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M);
        let code = code.expect("the corpus only uses texts that fit");
        let side = code.width() + 8;
        let dark = code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
        let expected = Expected { format: LabelFormat::Qr, text: text.to_owned() };
        Symbol { expected, width: side, height: side, dark, bars: false, quiet: 4 }
    }

    /// EAN-13; the last digit must be the check digit.
    pub fn ean13(digits: &str) -> Symbol {
        let value: Vec<usize> = digits.bytes().map(|b| usize::from(b - b'0')).collect();
        let mut modules = vec![true, false, true];
        for (place, digit) in value[1..7].iter().enumerate() {
            let odd = EAN_PARITY[value[0]] >> (5 - place) & 1 == 0;
            modules.extend(ean_digit(*digit, if odd { EanSet::A } else { EanSet::B }));
        }
        modules.extend([false, true, false, true, false]);
        for digit in &value[7..] {
            modules.extend(ean_digit(*digit, EanSet::C));
        }
        modules.extend([true, false, true]);
        Symbol::bars(Expected { format: LabelFormat::Ean13, text: digits.to_owned() }, modules)
    }

    /// Code 128 in code set B, or C where the text is an even number of digits.
    pub fn code128(text: &str) -> Symbol {
        let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len().is_multiple_of(2);
        let mut codes: Vec<usize> = vec![if digits { 105 } else { 104 }];
        if digits {
            codes.extend(
                text.as_bytes()
                    .chunks(2)
                    .map(|pair| usize::from(pair[0] - b'0') * 10 + usize::from(pair[1] - b'0')),
            );
        } else {
            codes.extend(text.bytes().map(|b| usize::from(b - b' ')));
        }
        let sum: usize = codes.iter().enumerate().map(|(i, code)| i.max(1) * code).sum();
        codes.push(sum % 103);
        let mut modules = Vec::new();
        for code in codes {
            stripes(&mut modules, CODE128[code]);
        }
        stripes(&mut modules, "2331112");
        Symbol::bars(Expected { format: LabelFormat::Code128, text: text.to_owned() }, modules)
    }

    fn bars(expected: Expected, dark: Vec<bool>) -> Symbol {
        let quiet = 11;
        let (width, height) = (dark.len() + 2 * quiet, dark.len() / 3 + 2 * quiet);
        Symbol { expected, width, height, dark, bars: true, quiet }
    }
}

fn stripes(modules: &mut Vec<bool>, widths: &str) {
    for (index, width) in widths.bytes().enumerate() {
        modules.extend(std::iter::repeat_n(index % 2 == 0, usize::from(width - b'0')));
    }
}

#[derive(PartialEq)]
enum EanSet {
    A,
    B,
    C,
}

/// Set A of ISO/IEC 15420; C is its complement, B is C read backwards.
const EAN_A: [u8; 10] = [
    0b0001101, 0b0011001, 0b0010011, 0b0111101, 0b0100011, 0b0110001, 0b0101111, 0b0111011,
    0b0110111, 0b0001011,
];
/// For each first digit, which of the six left digits are in set B (1), the first one highest.
const EAN_PARITY: [u8; 10] = [
    0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110,
    0b011010,
];

fn ean_digit(digit: usize, set: EanSet) -> Vec<bool> {
    let bits = (0..7).rev().map(|bit| EAN_A[digit] >> bit & 1 == 1);
    match set {
        EanSet::A => bits.collect(),
        EanSet::C => bits.map(|bit| !bit).collect(),
        EanSet::B => bits.rev().map(|bit| !bit).collect(),
    }
}

/// Widths of bars and spaces for each value (ISO/IEC 15417 table 1); 103 to 105 are the starts.
const CODE128: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];
