//! Sample customers with a home, an old machine and its warranty card.

use doorstep_domain::{
    asset::{Asset, Component},
    card::{CardStatus, WarrantyCard},
    catalogue::Model,
    customer::{Consent, ConsentPurpose, Customer},
    id::{AssetId, CardId, CustomerId, PersonId, SiteId},
    org::OrgUnit,
    site::{GasSupply, GasType, Site},
    time::{Date, UtcMs},
    warranty::WarrantyTerms,
};
use doorstep_store::{
    error::{Result, StoreError},
    ledger::orders,
};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    Goods, at,
    names::{Names, phone},
};
use crate::{
    execute::claims::card::sign_and_publish,
    home::Home,
    keys,
    records::{self, derived_id},
};

/// The catalogue number of the door job's old refrigerator, 418 litres.
const DOOR_JOB_SKU: &str = "S-BX-418";

/// One customer's home.
pub(super) struct Household {
    pub(super) customer: Customer,
    pub(super) site: Site,
    pub(super) asset: Asset,
    pub(super) card: WarrantyCard,
    pub(super) card_text: Option<String>,
}

/// Writes the household of a running number; number 0 is the door job's.
pub(super) fn build(
    home: &Home,
    conn: &Connection,
    store: &OrgUnit,
    number: u32,
    goods: &Goods<'_>,
    start: UtcMs,
) -> Result<Household> {
    let id = |what: &str| derived_id(&["demo household", what, &number.to_string()]);
    let customer = customer(store, number, goods.names, CustomerId(id("customer")), start);
    let site = site(store, number, SiteId(id("site")), customer.id, &customer.address);
    let model = model(number, goods)?;
    let bought = bought_on(number, start);
    let asset =
        machine(number, goods, &model, AssetId(id("asset")), Some((&customer, &site, bought)));
    let card = card(store, &asset, &model, CardId(id("card")), start);
    records::put_customer(conn, &customer)?;
    records::put_site(conn, &site, store.id)?;
    records::put_asset(conn, &asset, store.id, start)?;
    records::put_card(conn, &card, start)?;
    for serial in &card.serials {
        orders::claim_serial(conn, serial, card.id)?;
    }
    let signer = keys::card_signer(home)
        .map_err(|error| StoreError::Unreadable { what: "card key", detail: error.to_string() })?;
    let card_text = sign_and_publish(conn, &card, signer.kid, &signer.key)?;
    Ok(Household { customer, site, asset, card, card_text })
}

/// Two loaners of a store: a small refrigerator and a microwave oven.
pub(super) fn loaners(
    conn: &Connection,
    store: &OrgUnit,
    goods: &Goods<'_>,
    start: UtcMs,
) -> Result<()> {
    for (number, category) in [(900_000, "fridge"), (900_001, "microwave")] {
        let found = goods.catalogue.models.iter().find(|model| model.category.0 == category);
        let Some(model) = found else { continue };
        let id = AssetId(derived_id(&["demo loaner", category, &store.id.to_string()]));
        let mut loaner = machine(number, goods, model, id, None);
        loaner.components =
            vec![Component { part: "body".to_owned(), serial: Some(loaner_serial(&id)) }];
        records::put_asset(conn, &loaner, store.id, start)?;
    }
    Ok(())
}

fn loaner_serial(id: &AssetId) -> String {
    let text = id.0.simple().to_string().to_ascii_uppercase();
    format!("LOAN{}", text.chars().take(8).collect::<String>())
}

fn customer(store: &OrgUnit, number: u32, names: &Names, id: CustomerId, start: UtcMs) -> Customer {
    let consent = |purpose| Consent {
        purpose,
        given: true,
        at: start.plus_ms(-2 * UtcMs::DAY),
        recorded_by: PersonId(Uuid::nil()),
        notice: "sample-1".to_owned(),
    };
    Customer {
        id,
        store: store.id,
        name: names.customer(number),
        phones: vec![phone(number)],
        address: names.address(number),
        consents: vec![consent(ConsentPurpose::Service), consent(ConsentPurpose::Photos)],
    }
}

fn site(store: &OrgUnit, number: u32, id: SiteId, customer: CustomerId, address: &str) -> Site {
    let floor = i16::try_from(number % 17 + 1).unwrap_or(1);
    Site {
        id,
        customer,
        region: store.region.clone(),
        address: address.to_owned(),
        floor: Some(floor),
        lift: Some(!number.is_multiple_of(3)),
        narrowest_turn_mm: (number.is_multiple_of(4)).then_some(720 + number % 7 * 20),
        gas: Some(GasSupply { kind: GasType::Natural, converted_on: None, before: None }),
        circuit_amps: Some(16),
        access_rules: if number.is_multiple_of(5) {
            vec!["需登记，9点后可进".to_owned()]
        } else {
            Vec::new()
        },
    }
}

fn model(number: u32, goods: &Goods<'_>) -> Result<Model> {
    let found = if number == 0 {
        goods.catalogue.models.iter().find(|model| model.sku == DOOR_JOB_SKU).cloned()
    } else {
        at(&goods.catalogue.models, number.wrapping_mul(3))
    };
    found.ok_or(StoreError::Missing("model in the catalogue"))
}

/// The door job's machine was bought on 18 June 2015; the others one to twelve years ago.
fn bought_on(number: u32, start: UtcMs) -> Date {
    if number == 0 {
        return Date::constant(2015, 6, 18);
    }
    let days = 365 * (1 + i64::from(number % 12)) + i64::from(number % 200);
    start.plus_ms(-days * UtcMs::DAY).shanghai_day()
}

fn machine(
    number: u32,
    goods: &Goods<'_>,
    model: &Model,
    id: AssetId,
    owner: Option<(&Customer, &Site, Date)>,
) -> Asset {
    let parts = goods.catalogue.category(&model.category).map(|facts| facts.serials.clone());
    let components = parts
        .unwrap_or_default()
        .into_iter()
        .map(|part| {
            let part = part.part.clone();
            let serial = Some(serial(&model.sku, &part, number));
            Component { part, serial }
        })
        .collect();
    let brand = goods.vocabulary.brands.get(&model.brand).map(|words| words.zh.clone());
    let bought = owner.map(|(_, _, day)| day);
    Asset {
        id,
        category: model.category.0.clone(),
        subtype: Some(model.sub.clone()),
        brand: brand.unwrap_or_else(|| model.brand.clone()),
        model: model.sku.clone(),
        gtin: Some(model.gtin.clone()),
        components,
        owner: owner.map(|(customer, _, _)| customer.id),
        site: owner.map(|(_, site, _)| site.id),
        nameplate_month: bought.map(doorstep_domain::asset::YearMonth::of),
        installed_on: bought.and_then(|day| day.tomorrow().ok()),
        purchased_on: bought,
        commercial: false,
        custody: Vec::new(),
    }
}

/// `SBX418B000001`: the model's letters and digits, the part's initial, a running number.
fn serial(sku: &str, part: &str, number: u32) -> String {
    let model: String = sku.chars().filter(char::is_ascii_alphanumeric).collect();
    let initial: String = part.chars().take(1).flat_map(char::to_uppercase).collect();
    format!("{model}{initial}{:06}", number.saturating_add(1))
}

fn card(store: &OrgUnit, asset: &Asset, model: &Model, id: CardId, start: UtcMs) -> WarrantyCard {
    WarrantyCard {
        id,
        store: store.id,
        status: CardStatus::Final,
        // Taken over into the product half a year ago, whenever the machine was bought.
        issued_at: start.plus_ms(-180 * UtcMs::DAY),
        issued_by: None,
        asset: Some(asset.id),
        customer: asset.owner,
        category: asset.category.clone(),
        brand: asset.brand.clone(),
        model: asset.model.clone(),
        gtin: Some(model.gtin.clone()),
        serials: asset.serials().into_iter().collect(),
        invoice_date: asset.purchased_on,
        invoice_number: None,
        nameplate_month: asset.nameplate_month,
        installed_on: asset.installed_on,
        exchanged_on: None,
        terms: WarrantyTerms::default(),
        repairs: Vec::new(),
        exclusions: Vec::new(),
        replaced_by: None,
    }
}
