//! The household: what the building demands, gates and costs.

use serde::{Deserialize, Serialize};

use crate::{
    id::{CustomerId, SiteId},
    time::Date,
    words::Words,
};

/// What comes out of the gas pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum GasType {
    /// Natural gas (12T).
    Natural,
    /// Liquefied petroleum gas (20Y).
    Lpg,
    /// Manufactured gas (人工煤气): shortens the safe life of water heaters to six years
    /// (GB 17905-2008).
    Manufactured,
    /// No gas in the home.
    None,
}

impl GasType {
    /// The gas in both languages.
    pub fn words(self) -> Words {
        match self {
            GasType::Natural => Words::new("天然气", "Natural gas"),
            GasType::Lpg => Words::new("液化气", "LPG"),
            GasType::Manufactured => Words::new("人工煤气", "Manufactured gas"),
            GasType::None => Words::new("无燃气", "No gas"),
        }
    }
}

/// The gas supply of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GasSupply {
    /// The gas of today.
    pub kind: GasType,
    /// The day the home was converted to it.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub converted_on: Option<Date>,
    /// The gas before the conversion.
    #[serde(default)]
    pub before: Option<GasType>,
}

impl GasSupply {
    /// The gas on `day`; `None` for a day before the conversion when the old gas is not known.
    pub fn on(&self, day: Date) -> Option<GasType> {
        match self.converted_on {
            Some(conversion) if day < conversion => self.before,
            _ => Some(self.kind),
        }
    }
}

/// A household and what is known of its building. Absent means nobody has looked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Site {
    /// Identity.
    pub id: SiteId,
    /// Who lives there.
    pub customer: CustomerId,
    /// Region code for fees and subsidies.
    pub region: String,
    /// Address in one line.
    pub address: String,
    /// Floor above ground: 1 is the ground floor, negative is below.
    #[serde(default)]
    pub floor: Option<i16>,
    /// Whether a lift takes goods to that floor.
    #[serde(default)]
    pub lift: Option<bool>,
    /// The narrowest turn on the way in, in millimetres.
    #[serde(default)]
    pub narrowest_turn_mm: Option<u32>,
    /// The gas supply.
    #[serde(default)]
    pub gas: Option<GasSupply>,
    /// Rating of the circuit at the place of the machine, in amperes.
    #[serde(default)]
    pub circuit_amps: Option<u16>,
    /// Rules of the house: registration, delivery hours, protection of floors.
    #[serde(default)]
    pub access_rules: Vec<String>,
}

impl Site {
    /// Storeys the goods are carried by hand: 0 with a lift or at ground level, `None` while floor
    /// or lift is unknown. A basement counts its depth.
    pub fn carried_storeys(&self) -> Option<u16> {
        let floor = self.floor?;
        if floor == 1 {
            return Some(0);
        }
        if self.lift? {
            return Some(0);
        }
        let ground = if floor > 1 { 1 } else { 0 };
        Some(floor.saturating_sub(ground).unsigned_abs())
    }

    /// Whether a body passes the narrowest turn: its second-largest side must, since it can be
    /// turned on end but not made thinner. `None` while the turn is not measured.
    pub fn passes_turn(&self, width_mm: u32, depth_mm: u32, height_mm: u32) -> Option<bool> {
        let turn = self.narrowest_turn_mm?;
        let mut sides = [width_mm, depth_mm, height_mm];
        sides.sort_unstable();
        let [_, middle, _] = sides;
        Some(middle <= turn)
    }

    /// The chips beside a visit: `6层无电梯`, `天然气`, …; only what is known.
    pub fn chips(&self) -> Vec<Words> {
        let mut chips = Vec::new();
        match (self.floor, self.lift) {
            (Some(floor), Some(true)) => {
                chips.push(Words::new(format!("{floor}层有电梯"), format!("Floor {floor}, lift")));
            }
            (Some(floor), Some(false)) => {
                chips.push(Words::new(
                    format!("{floor}层无电梯"),
                    format!("Floor {floor}, no lift"),
                ));
            }
            (Some(floor), None) => {
                chips.push(Words::new(format!("{floor}层"), format!("Floor {floor}")));
            }
            (None, _) => {}
        }
        if let Some(turn) = self.narrowest_turn_mm {
            chips.push(Words::new(
                format!("最窄转角 {turn} 毫米"),
                format!("Narrowest turn {turn} mm"),
            ));
        }
        if let Some(gas) = self.gas {
            chips.push(gas.kind.words());
        }
        if let Some(amps) = self.circuit_amps {
            chips.push(Words::new(format!("回路 {amps} 安"), format!("{amps} A circuit")));
        }
        chips.extend(self.access_rules.iter().map(|rule| Words::new(rule, rule)));
        chips
    }
}
