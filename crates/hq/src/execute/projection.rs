//! Rows that follow from facts: a visit's progress, contact and site edits, a machine's identity.

use std::collections::BTreeSet;

use doorstep_domain::{
    asset::Asset,
    customer::Customer,
    facts::{DocKind, FactView, Scalar},
    id::AssetId,
    org::Bucket,
    site::{GasSupply, GasType, Site},
    work_order::WorkOrder,
};
use doorstep_store::error::Result;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Desk, field_events};
use crate::records::{self, kind};

/// Brings rows up to date with a document that was just changed in the `touched` fields.
pub(super) fn apply(
    desk: &Desk<'_>,
    view: &FactView,
    touched: &[(String, String)],
    buckets: &BTreeSet<Bucket>,
) -> Result<()> {
    let sections: BTreeSet<&str> = touched.iter().map(|(section, _)| section.as_str()).collect();
    match view.kind {
        DocKind::WorkOrder => {
            let order: Option<WorkOrder> = records::load(desk.conn, kind::WORK_ORDER, view.id)?;
            if let Some(order) = order {
                if sections.contains("contact") {
                    contact(desk, view, &order)?;
                }
                if sections.contains("site") {
                    site(desk, view, &order)?;
                }
                if sections.contains("events") {
                    field_events::apply(desk, view, order)?;
                }
            }
        }
        DocKind::Asset => {
            if sections.contains("identity") || sections.contains("components") {
                asset(desk, view, buckets)?;
            }
        }
        DocKind::Card => {}
    }
    Ok(())
}

fn contact(desk: &Desk<'_>, view: &FactView, order: &WorkOrder) -> Result<()> {
    let Some(mut customer) =
        records::load::<Customer>(desk.conn, kind::CUSTOMER, order.customer.0)?
    else {
        return Ok(());
    };
    if let Some(name) = view.text("contact", "name") {
        customer.name = name.to_owned();
    }
    if let Some(address) = view.text("contact", "address") {
        customer.address = address.to_owned();
    }
    for (place, key) in ["phone", "phone2"].into_iter().enumerate() {
        let Some(phone) = view.text("contact", key) else { continue };
        match customer.phones.get_mut(place) {
            Some(held) => *held = phone.to_owned(),
            None => customer.phones.push(phone.to_owned()),
        }
    }
    records::update(desk.conn, kind::CUSTOMER, customer.id.0, &customer)
}

fn site(desk: &Desk<'_>, view: &FactView, order: &WorkOrder) -> Result<()> {
    let Some(mut site) = records::load::<Site>(desk.conn, kind::SITE, order.site.0)? else {
        return Ok(());
    };
    let number = |key| view.get("site", key).and_then(Scalar::as_int);
    site.floor = number("floor").and_then(|floor| i16::try_from(floor).ok()).or(site.floor);
    if let Some(Scalar::Bool(lift)) = view.get("site", "lift") {
        site.lift = Some(*lift);
    }
    site.narrowest_turn_mm = number("narrowest_turn_mm")
        .and_then(|mm| u32::try_from(mm).ok())
        .or(site.narrowest_turn_mm);
    site.circuit_amps =
        number("circuit_amps").and_then(|amps| u16::try_from(amps).ok()).or(site.circuit_amps);
    if let Some(gas) = view.text("site", "gas").and_then(word::<GasType>) {
        let before = site.gas;
        site.gas = Some(GasSupply {
            kind: gas,
            converted_on: view
                .text("site", "gas_converted_on")
                .and_then(|day| day.parse().ok())
                .or(before.and_then(|held| held.converted_on)),
            before: before.and_then(|held| held.before),
        });
    }
    if let Some(rules) = view.text("site", "access") {
        site.access_rules = rules
            .lines()
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
            .map(str::to_owned)
            .collect();
    }
    records::update(desk.conn, kind::SITE, site.id.0, &site)
}

/// A machine as its document describes it; one nobody had on record becomes a row.
fn asset(desk: &Desk<'_>, view: &FactView, buckets: &BTreeSet<Bucket>) -> Result<()> {
    let known: Option<Asset> = records::load(desk.conn, kind::ASSET, view.id)?;
    let is_new = known.is_none();
    let asset = known.unwrap_or_else(|| Asset::blank(AssetId(view.id))).seen_at_the_door(view);
    if is_new {
        records::put(desk.conn, kind::ASSET, view.id, buckets, &asset)
    } else {
        records::update(desk.conn, kind::ASSET, view.id, &asset)
    }
}

/// A code of an enumeration from its name.
pub(super) fn word<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}
