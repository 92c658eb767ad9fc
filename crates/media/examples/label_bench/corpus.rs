//! Which pictures the corpus holds.
#![allow(dead_code, reason = "the bench and the tests each use a part of this")]

use super::paint::{Canvas, Dice, Pose};
use super::symbol::{Expected, Symbol};
use doorstep_domain::id::CardId;
use doorstep_domain::time::UtcMs;
use doorstep_media::card_code::{self, CardFields, CardProduct};
use doorstep_media::label::gtin;

/// A kind of damage; its strengths are in [`Damage::strengths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Turned in the picture, degrees.
    Rotation,
    /// Seen at a slant: how much smaller the far side is, percent.
    Perspective,
    /// Sheared, percent.
    Shear,
    /// Out of focus: deviation in hundredths of a module.
    Blur,
    /// Moved while exposed: hundredths of a module.
    Motion,
    /// Noise, deviation in grey levels.
    Noise,
    /// Reflection: diameter in percent of the code's height.
    Glare,
    /// Contrast left, percent.
    Contrast,
    /// Light on dark, at contrast left in percent.
    Inverted,
    /// In a photo of 4000 × 3000: pixels per module, tenths.
    SmallInPhoto,
    /// JPEG quality.
    Jpeg,
    /// Covered by a patch: percent of a QR code's area, of a bar code's height.
    Covered,
    /// Several codes in one picture: how many.
    Several,
    /// Pixels per module, hundredths.
    Scale,
    /// Cut out close to the code and laid on black: percent of the quiet zone left.
    QuietZone,
    /// Around a pipe or a bottle: degrees of it that the code's width takes up.
    Curvature,
}

impl Damage {
    /// Every kind.
    pub const ALL: [Damage; 16] = [
        Damage::Rotation,
        Damage::Perspective,
        Damage::Shear,
        Damage::Blur,
        Damage::Motion,
        Damage::Noise,
        Damage::Glare,
        Damage::Contrast,
        Damage::Inverted,
        Damage::SmallInPhoto,
        Damage::Jpeg,
        Damage::Covered,
        Damage::Several,
        Damage::Scale,
        Damage::QuietZone,
        Damage::Curvature,
    ];

    /// From mild to beyond reading.
    pub fn strengths(self) -> &'static [u32] {
        match self {
            Damage::Rotation => &[5, 30, 45, 90, 137, 222],
            Damage::Perspective => &[10, 25, 40, 55, 70],
            Damage::Shear => &[10, 20, 35, 50, 70],
            Damage::Blur => &[25, 40, 60, 80, 100, 130],
            Damage::Motion => &[60, 100, 150, 200, 300],
            Damage::Noise => &[8, 16, 30, 50, 80],
            Damage::Glare => &[20, 35, 50, 75, 110],
            Damage::Contrast => &[50, 25, 12, 7, 4],
            Damage::Inverted => &[100, 50, 25, 12],
            Damage::SmallInPhoto => &[40, 30, 20, 15, 12],
            Damage::Jpeg => &[80, 50, 25, 10, 4],
            Damage::Covered => &[2, 5, 10, 15, 25],
            Damage::Several => &[2, 3, 4, 6],
            Damage::Scale => &[1600, 600, 300, 200, 150, 120, 100],
            Damage::QuietZone => &[75, 50, 25, 10, 0],
            Damage::Curvature => &[45, 90, 120, 140, 160],
        }
    }

    /// The strength at which everything should still read.
    pub fn moderate(self) -> u32 {
        match self {
            Damage::Rotation => 30,
            Damage::Perspective => 25,
            Damage::Shear => 20,
            Damage::Blur => 40,
            Damage::Motion => 60,
            Damage::Noise => 16,
            Damage::Glare => 20,
            Damage::Contrast => 25,
            Damage::Inverted => 50,
            Damage::SmallInPhoto => 30,
            Damage::Jpeg => 50,
            Damage::Covered => 2,
            Damage::Several => 3,
            Damage::Scale => 300,
            Damage::QuietZone => 50,
            Damage::Curvature => 90,
        }
    }
}

/// A picture and what should be read from it.
pub struct Sample {
    /// The picture.
    pub canvas: Canvas,
    /// The codes in it.
    pub expected: Vec<Expected>,
    /// To be saved as a JPEG of this quality and read from the file.
    pub jpeg: Option<u8>,
}

/// Families of codes: two kinds of QR, and the two bar codes.
pub const FAMILIES: usize = 4;

/// The code number `seed` of a family.
pub fn symbol(family: usize, seed: u64) -> Symbol {
    let mut dice = Dice::new(seed * 31 + family as u64);
    let mut draw = |alphabet: &str, count: usize| -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[dice.below(letters.len())]).collect()
    };
    const UPPER: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    match family {
        0 => match seed % 4 {
            0 => Symbol::qr(&format!("http://oid.haier.com/oid?ewm={}", draw("AFKMTYv=$cL4", 71))),
            1 => Symbol::qr(&format!(
                "http://qrcode.midea.com/index.html?v=3&type=1&mode=005&tsn={}",
                draw(UPPER, 32)
            )),
            2 => Symbol::qr(&format!(
                "https://id.example.cn/01/06901234567892/21/{}",
                draw(UPPER, 10)
            )),
            _ => Symbol::qr(&format!("http://c.dzbxk.com/{}", draw(UPPER, 12))),
        },
        1 => Symbol::qr(&card(seed, &draw(UPPER, 20))),
        2 => {
            let body = format!("69{}", draw("0123456789", 10));
            let check = gtin::check_digit(&body).expect("the body holds digits only");
            Symbol::ean13(&format!("{body}{check}"))
        }
        _ => match seed % 3 {
            0 => Symbol::code128(&format!("A{}", draw(UPPER, 19))),
            1 => Symbol::code128(&draw("0123456789", 10)),
            _ => Symbol::code128(&draw("0123456789", 13)),
        },
    }
}

fn card(seed: u64, serial: &str) -> String {
    let fields = CardFields {
        kid: 1,
        card: CardId::new(UtcMs(1_784_000_000_000), [seed as u8; 10]),
        product: CardProduct::Gtin("06901234567892".into()),
        serials: vec![serial.to_owned()],
        invoice_date: UtcMs(1_784_000_000_000).shanghai_day(),
        install_date: None,
        whole_months: 12,
        main_parts_months: 36,
        provisional: false,
        commercial: false,
        issued_at: UtcMs(1_784_000_000_000),
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed as u8; 32]);
    card_code::sign(&fields, &key).expect("the card fits")
}

/// One damaged picture.
pub fn sample(damage: Damage, strength: u32, family: usize, seed: u64) -> Sample {
    let mut dice = Dice::new(seed ^ (u64::from(strength) << 20) ^ ((damage as u64) << 40));
    if damage == Damage::Several {
        return several(strength as usize, seed, &mut dice);
    }
    let mut symbol = symbol(family, seed);
    let bars = family >= 2;
    let force = strength as f32;
    let mut module = if bars { 3.0 } else { 5.0 };
    match damage {
        Damage::Scale => module = force / 100.0,
        Damage::SmallInPhoto => module = force / 10.0,
        Damage::QuietZone => symbol.keep_quiet(strength as usize),
        _ => {}
    }
    let (across, down) = (symbol.width as f32 * module, symbol.height as f32 * module);
    let around = across.hypot(down);
    let (width, height) = match damage {
        Damage::SmallInPhoto => (4000, 3000),
        _ => ((around * 1.3) as usize + 60, (around * 1.3) as usize + 60),
    };
    let mut canvas = Canvas::surface(width, height, dice.between(120.0, 190.0), 50.0);
    if damage == Damage::QuietZone {
        canvas.px.fill(25);
    }
    let mut pose = Pose {
        x: width as f32 / 2.0 + dice.between(-6.0, 6.0),
        y: height as f32 / 2.0 + dice.between(-6.0, 6.0),
        module,
        degrees: dice.between(-4.0, 4.0),
        tilt: 0.0,
        shear: 0.0,
        curve: 0.0,
    };
    match damage {
        Damage::Curvature => pose.curve = force,
        Damage::Rotation => pose.degrees = force + dice.between(-2.0, 2.0),
        Damage::Perspective => pose.tilt = force / 100.0,
        Damage::Shear => pose.shear = force / 100.0,
        Damage::SmallInPhoto => {
            pose.x = dice.between(around, width as f32 - around);
            pose.y = dice.between(around, height as f32 - around);
            pose.degrees = dice.between(-20.0, 20.0);
        }
        _ => {}
    }
    canvas.print(&symbol, pose);
    match damage {
        Damage::Blur => canvas.blur(force / 100.0 * module),
        Damage::Motion => canvas.smear((force / 100.0 * module).round() as usize, seed % 2 == 1),
        Damage::Noise => canvas.noise(force, &mut dice),
        Damage::Glare => {
            let x = pose.x + dice.between(-0.3, 0.3) * across;
            let y = pose.y + dice.between(-0.3, 0.3) * down;
            canvas.glare(x, y, force / 200.0 * down);
        }
        Damage::Contrast => canvas.flatten(force / 100.0),
        Damage::Inverted => {
            canvas.invert();
            canvas.flatten(force / 100.0);
        }
        Damage::Covered if bars => {
            let y = pose.y + dice.between(-0.2, 0.2) * down;
            canvas.patch(pose.x, y, across, force / 100.0 * down, 90);
        }
        Damage::Covered => {
            let side = (force / 100.0).sqrt() * across;
            let x = pose.x + dice.between(-0.1, 0.25) * across;
            canvas.patch(x, pose.y + dice.between(-0.1, 0.25) * down, side, side, 90);
        }
        Damage::SmallInPhoto => {
            canvas.blur(0.6);
            canvas.noise(4.0, &mut dice);
        }
        _ => {}
    }
    if !matches!(damage, Damage::Noise | Damage::SmallInPhoto) {
        canvas.noise(2.0, &mut dice);
    }
    let jpeg = (damage == Damage::Jpeg).then_some(strength as u8);
    Sample { canvas, expected: vec![symbol.expected], jpeg }
}

/// A name plate or carton with several codes, some turned by a quarter.
fn several(count: usize, seed: u64, dice: &mut Dice) -> Sample {
    let (width, height) = (1600, 1200);
    let mut canvas = Canvas::surface(width, height, 170.0, 40.0);
    let mut expected = Vec::new();
    for place in 0..count {
        let symbol = symbol((place + seed as usize) % FAMILIES, seed * 7 + place as u64);
        let cell = (width as f32 / 3.0, height as f32 / 2.0);
        let longest = symbol.width.max(symbol.height) as f32;
        let pose = Pose {
            x: cell.0 * ((place % 3) as f32 + 0.5),
            y: cell.1 * ((place / 3) as f32 + 0.5),
            module: (cell.0 * 0.92 / longest).min(5.0),
            degrees: dice.between(-5.0, 5.0) + if dice.below(3) == 0 { 90.0 } else { 0.0 },
            tilt: 0.0,
            shear: 0.0,
            curve: 0.0,
        };
        canvas.print(&symbol, pose);
        expected.push(symbol.expected);
    }
    canvas.noise(3.0, dice);
    Sample { canvas, expected, jpeg: None }
}
