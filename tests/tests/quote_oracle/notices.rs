//! What the published notices say, written down from their text and apart from the engine's data:
//! which programmes there are on a day in a place, what each pays for an article, and on which
//! conditions. Days are `YYYY-MM-DD`, so they compare as text.
//!
//! Sources are named per programme in `data/rules`; where a notice is silent, the reading stated in
//! that file's `note` is taken.

use super::sale::{APPLICANT, BUYER, Customer, NewMachine, PAYER, RECIPIENT, SELLER, Sale};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Programme {
    Cn2009,
    Cn2024,
    Cn2025,
    Cn2025D,
    Cn2026,
    Cn2026D,
    CnRural,
    /// The invented city's extra on top of [`Programme::Cn2026`].
    CityTopUp,
    Guangzhou2024,
    Jinan2025,
    Shanghai2024Own,
    Zhengzhou2022,
}

use Programme::*;

impl Programme {
    /// The name on the quote's subsidy lines.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Cn2009 => "CN-2009",
            Cn2024 => "CN-2024",
            Cn2025 => "CN-2025",
            Cn2025D => "CN-2025-D",
            Cn2026 => "CN-2026",
            Cn2026D => "CN-2026-D",
            CnRural => "CN-RURAL",
            CityTopUp => "city-2026-top-up-sample",
            Guangzhou2024 => "guangzhou-2024",
            Jinan2025 => "jinan-2025",
            Shanghai2024Own => "shanghai-2024-own",
            Zhengzhou2022 => "zhengzhou-2022",
        }
    }

    /// Under whose name pieces and yuan per person are counted: a city's edition of a national
    /// programme counts with it.
    pub(crate) fn quota(self) -> &'static str {
        match self {
            Guangzhou2024 => "CN-2024",
            Jinan2025 => "CN-2025",
            other => other.id(),
        }
    }

    /// Pieces per person, all articles together. 2009: five, an enterprise fifty.
    pub(crate) fn pieces_in_all(self, company: bool) -> Option<u32> {
        (self == Cn2009).then_some(if company { 50 } else { 5 })
    }

    /// Yuan per person in fen. Guangzhou: 16,000 in total; the invented city: 400.
    pub(crate) fn fen_in_all(self) -> Option<i64> {
        match self {
            Guangzhou2024 => Some(1_600_000),
            CityTopUp => Some(40_000),
            _ => None,
        }
    }
}

/// What a programme says about one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The kind under which pieces are counted.
    pub(crate) group: &'static str,
    pub(crate) percent: i64,
    pub(crate) cap_yuan: Option<i64>,
    pub(crate) pieces: Option<u32>,
    pub(crate) ceiling_yuan: Option<i64>,
}

fn within(place: &str, region: &str) -> bool {
    place == region || place.starts_with(&format!("{region}-"))
}

/// The programmes of a day in a place, in the order in which equals are decided (by their names).
pub(crate) fn programmes(day: &str, place: &str) -> Vec<Programme> {
    let between = |first: &str, last: &str| first <= day && day <= last;
    let in_year = |year: &str| day.starts_with(year);
    let mut found = Vec::new();
    if between("2009-06-01", "2011-12-31") {
        found.push(Cn2009);
    }
    let guangzhou = between("2024-09-02", "2024-12-31") && within(place, "CN-44-01");
    if between("2024-08-25", "2024-12-31") && !guangzhou {
        found.push(Cn2024);
    }
    let jinan = between("2025-01-20", "2025-12-31") && within(place, "CN-37-01");
    if in_year("2025") && !jinan {
        found.push(Cn2025);
    }
    if between("2025-01-20", "2025-12-31") {
        found.push(Cn2025D);
    }
    if in_year("2026") {
        found.extend([Cn2026, Cn2026D]);
    }
    if between("2010-01-01", "2011-12-31") {
        found.push(CnRural);
    }
    if in_year("2026") && within(place, "CN-99-01") {
        found.push(CityTopUp);
    }
    if guangzhou {
        found.push(Guangzhou2024);
    }
    if jinan {
        found.push(Jinan2025);
    }
    if between("2024-09-07", "2024-12-31") && within(place, "CN-31") {
        found.push(Shanghai2024Own);
    }
    if between("2022-04-01", "2022-12-31") && within(place, "CN-41-01") {
        found.push(Zhengzhou2022);
    }
    found
}

/// Refrigerators and freezers are one kind, so are watches and bands.
pub(crate) fn kind_of(category: &'static str) -> &'static str {
    match category {
        "freezer" => "fridge",
        "watch" | "band" => "wearable",
        other => other,
    }
}

const EIGHT: [&str; 8] = ["fridge", "washer", "tv", "ac", "pc", "water_heater", "stove", "hood"];
const FOUR_OF_2025: [&str; 4] = ["microwave", "water_purifier", "dishwasher", "rice_cooker"];

/// 15 % for grade 2, 5 points more for grade 1, worse grades nothing, at most 2,000 yuan.
fn fifteen_or_twenty(group: &'static str, grade: Option<u8>, pieces: u32) -> Option<Terms> {
    let percent = match grade {
        Some(1) => 20,
        Some(2) => 15,
        _ => return None,
    };
    Some(Terms { group, percent, cap_yuan: Some(2_000), pieces: Some(pieces), ceiling_yuan: None })
}

fn flat(group: &'static str, percent: i64, cap_yuan: i64, pieces: Option<u32>) -> Option<Terms> {
    Some(Terms { group, percent, cap_yuan: Some(cap_yuan), pieces, ceiling_yuan: None })
}

/// Phones, tablets, watches and bands: 15 %, at most 500 yuan, unit price up to 6,000.
fn digital(group: &'static str) -> Option<Terms> {
    Some(Terms { ceiling_yuan: Some(6_000), ..flat(group, 15, 500, Some(1))? })
}

/// What a programme pays for an article of this kind and label; `None` where it does not.
pub(crate) fn terms(programme: Programme, article: &NewMachine, day: &str) -> Option<Terms> {
    let group = kind_of(article.category);
    let pieces_2025 = if group == "ac" { 3 } else { 1 };
    match programme {
        Cn2009 => match group {
            "tv" | "pc" => flat(group, 10, 400, None),
            "fridge" => flat(group, 10, 300, None),
            "washer" => flat(group, 10, 250, None),
            "ac" => flat(group, 10, 350, None),
            _ => None,
        },
        CnRural => {
            let ceiling = match group {
                "tv" => 7_000,
                "fridge" => 4_000,
                "phone" => 2_000,
                "washer" => 3_500,
                "ac" if article.sub.starts_with("cabinet") => 6_000,
                "ac" => 3_500,
                _ => return None,
            };
            Some(Terms {
                group,
                percent: 13,
                cap_yuan: None,
                pieces: Some(2),
                ceiling_yuan: Some(ceiling),
            })
        }
        Cn2024 if EIGHT.contains(&group) => fifteen_or_twenty(group, article.grade, 1),
        Guangzhou2024 => match group {
            "water_purifier" | "garment_care" | "phone" | "tablet" | "wearable" => {
                flat(group, 15, 2_000, Some(1))
            }
            _ if EIGHT.contains(&group) => fifteen_or_twenty(group, article.grade, 1),
            _ => None,
        },
        Cn2025 if EIGHT.contains(&group) => fifteen_or_twenty(group, article.grade, pieces_2025),
        // Four more kinds from the twentieth of January.
        Cn2025 if FOUR_OF_2025.contains(&group) && day >= "2025-01-20" => {
            fifteen_or_twenty(group, article.grade, 1)
        }
        // No label: the rate of grade 2.
        Jinan2025 if EIGHT.contains(&group) || FOUR_OF_2025.contains(&group) => {
            fifteen_or_twenty(group, article.grade.or(Some(2)), pieces_2025)
        }
        Cn2025D if ["phone", "tablet", "wearable"].contains(&group) => digital(group),
        Cn2026D if ["phone", "tablet", "wearable", "smart_glasses"].contains(&group) => {
            digital(group)
        }
        // Grade 1 only, one air conditioner again.
        Cn2026 if ["fridge", "washer", "tv", "ac", "water_heater", "pc"].contains(&group) => {
            if article.grade == Some(1) {
                flat(group, 15, 1_500, Some(1))
            } else {
                None
            }
        }
        CityTopUp if ["fridge", "washer", "ac"].contains(&group) => flat(group, 5, 300, Some(1)),
        Shanghai2024Own if ["sofa", "coffee_machine", "water_purifier"].contains(&group) => {
            flat(group, 15, 2_000, Some(1))
        }
        Zhengzhou2022
            if EIGHT.contains(&group) || ["water_purifier", "dishwasher"].contains(&group) =>
        {
            flat(group, 10, 500, Some(1))
        }
        _ => None,
    }
}

/// Whether the customer and the article meet a programme's conditions other than kind, label,
/// price and old machine.
pub(crate) fn conditions_met(programme: Programme, article: &NewMachine, sale: &Sale) -> bool {
    let (day, place, customer) = (sale.day.as_str(), sale.region, &sale.customer);
    let natural_person = !customer.company || programme == Cn2009;
    let household = programme != CnRural || customer.rural;
    // 2009: whoever hands in the old machine must be the buyer; Zhengzhou alike.
    let seller =
        !matches!(programme, Cn2009 | Zhengzhou2022) || one_person(customer, &[BUYER, SELLER]);
    // Beijing 2026: applicant, payer and recipient are one person.
    let beijing = !(within(place, "CN-11") && matches!(programme, Cn2026 | Cn2026D))
        || one_person(customer, &[APPLICANT, PAYER, RECIPIENT]);
    // The invented city: the invoice names who pays.
    let city = !(within(place, "CN-99-01") && matches!(programme, Cn2024 | Cn2025 | Cn2026))
        || one_person(customer, &[BUYER, PAYER]);
    // Shanghai from September 2024 to the end of 2025: a 13-digit article number.
    let numbered = within(place, "CN-31")
        && ("2024-09-07"..="2025-12-31").contains(&day)
        && matches!(programme, Cn2024 | Cn2025 | Cn2025D | Shanghai2024Own);
    let gtin = !numbered || is_gtin_13(article.gtin);
    natural_person && household && seller && beijing && city && gtin
}

/// Whether all these roles are known to be played by one person.
fn one_person(customer: &Customer, roles: &[usize]) -> bool {
    let first = customer.parties[roles[0]];
    first != "unknown" && roles.iter().all(|role| customer.parties[*role] == first)
}

/// Thirteen digits: those at even places count three times, and all add up to a whole ten.
fn is_gtin_13(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 =
        digits.iter().enumerate().map(|(i, d)| if i % 2 == 1 { 3 * d } else { *d }).sum();
    text.chars().count() == 13 && digits.len() == 13 && sum.is_multiple_of(10)
}

/// Whether a programme wants an old machine for each new one.
pub(crate) fn wants_old(programme: Programme) -> bool {
    matches!(programme, Cn2009 | Zhengzhou2022)
}

/// Whether an old machine of one kind opens a new one of another.
pub(crate) fn opens(programme: Programme, old: &str, new: &str) -> bool {
    let six = ["hood", "stove", "water_heater", "water_purifier", "pc", "dishwasher"];
    match programme {
        // Any of the five kinds, whatever is bought.
        Cn2009 => ["tv", "fridge", "freezer", "washer", "ac", "pc"].contains(&old),
        // One of four kinds opens any of the ten; one of the other six opens only those six.
        Zhengzhou2022 => {
            ["ac", "tv", "fridge", "washer"].contains(&old)
                || (six.contains(&old) && six.contains(&new))
        }
        _ => false,
    }
}

/// Whether charging for fetching the old machine is forbidden under a programme at a place.
pub(crate) fn collection_is_free(programme: Programme, place: &str) -> bool {
    within(place, "CN-99-01") && matches!(programme, Cn2024 | Cn2025 | Cn2026)
}
