//! Old units and the items they open: each unit opens one item.

/// Whether every demand (a set of old units as bits) can have a unit of its own.
pub(super) fn is_possible(demands: &[u32]) -> bool {
    let mut owner: [Option<usize>; 32] = [None; 32];
    (0..demands.len()).all(|demand| find_unit(demand, demands, &mut owner, &mut 0))
}

/// Kuhn's augmenting path: gives `demand` a unit, moving earlier demands to others if need be.
fn find_unit(
    demand: usize,
    demands: &[u32],
    owner: &mut [Option<usize>; 32],
    tried: &mut u32,
) -> bool {
    let wanted = demands.get(demand).copied().unwrap_or(0);
    for unit in 0..32 {
        let bit = 1u32 << unit;
        if wanted & bit == 0 || *tried & bit != 0 {
            continue;
        }
        *tried |= bit;
        let held_by = owner.get(unit).copied().flatten();
        if held_by.is_none_or(|other| find_unit(other, demands, owner, tried)) {
            if let Some(slot) = owner.get_mut(unit) {
                *slot = Some(demand);
            }
            return true;
        }
    }
    false
}

/// Gives each demand in turn the first unit that leaves the later demands satisfiable. `None`
/// where not all can be satisfied.
pub(super) fn first_pairing(demands: &[u32]) -> Option<Vec<usize>> {
    if !is_possible(demands) {
        return None;
    }
    let mut open = demands.to_vec();
    let mut pairing = Vec::with_capacity(demands.len());
    for place in 0..open.len() {
        let wanted = open.get(place).copied()?;
        let unit = (0..32).filter(|unit| wanted & (1u32 << unit) != 0).find(|unit| {
            let mut narrowed = open.clone();
            if let Some(slot) = narrowed.get_mut(place) {
                *slot = 1u32 << unit;
            }
            is_possible(&narrowed)
        })?;
        *open.get_mut(place)? = 1u32 << unit;
        pairing.push(unit);
    }
    Some(pairing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picky_item_takes_the_unit_an_easy_one_can_do_without() {
        assert!(is_possible(&[0b11, 0b01]));
        assert_eq!(first_pairing(&[0b11, 0b01]), Some(vec![1, 0]));
    }

    #[test]
    fn one_unit_opens_one_item() {
        assert!(!is_possible(&[0b01, 0b01]));
        assert!(!is_possible(&[0b011, 0b011, 0b011, 0b100]));
        assert_eq!(first_pairing(&[0]), None);
        assert_eq!(first_pairing(&[]), Some(vec![]));
    }
}
