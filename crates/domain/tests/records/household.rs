//! A household: its people, the site, and its machines on their way to the recycler.

use doorstep_domain::{
    asset::{Asset, Component, CustodyError, HandOver, Holder, YearMonth},
    customer::{Consent, ConsentPurpose, Customer, masked_name, masked_phone},
    id::*,
    site::{GasSupply, GasType, Site},
    time::UtcMs,
};
use jiff::civil::date;

use super::NOW;

#[test]
fn names_and_phones_are_masked() {
    for (name, masked) in [("王小明", "王*"), ("欧阳", "欧*"), ("王", "*"), ("", ""), ("Li", "L*")]
    {
        assert_eq!(masked_name(name), masked);
    }
    for (phone, masked) in [
        ("13856781234", "138****1234"),
        ("+86 138-5678-1234", "138****1234"),
        ("021-5555 1234", "****1234"),
        ("12345", "*****"),
        ("", ""),
    ] {
        assert_eq!(masked_phone(phone), masked);
    }
    let customer = Customer {
        id: id!(CustomerId, 1),
        store: id!(OrgId, 3),
        name: "王小明".into(),
        phones: vec!["13856781234".into()],
        address: "样例路 1 号".into(),
        consents: vec![],
    };
    let shown = serde_json::to_string(&customer.masked()).unwrap();
    assert!(!shown.contains("小明") && !shown.contains("5678") && !shown.contains("样例路"));
}

#[test]
fn the_latest_word_on_consent_counts() {
    let said = |given, at| Consent {
        purpose: ConsentPurpose::Photos,
        given,
        at: UtcMs(at),
        recorded_by: id!(PersonId, 1),
        notice: "1".into(),
    };
    let mut customer = Customer {
        id: id!(CustomerId, 1),
        store: id!(OrgId, 3),
        name: String::new(),
        phones: vec![],
        address: String::new(),
        consents: vec![said(false, 20), said(true, 10)],
    };
    assert!(!customer.consents_to(ConsentPurpose::Photos), "withdrawn later, recorded first");
    customer.consents.push(said(true, 30));
    assert!(customer.consents_to(ConsentPurpose::Photos));
    assert!(!customer.consents_to(ConsentPurpose::Marketing), "never asked is no");
}

fn site() -> Site {
    Site {
        id: id!(SiteId, 1),
        customer: id!(CustomerId, 1),
        region: "CN-31".into(),
        address: String::new(),
        floor: None,
        lift: None,
        narrowest_turn_mm: None,
        gas: None,
        circuit_amps: None,
        access_rules: vec![],
    }
}

#[test]
fn a_site_says_what_is_known_and_no_more() {
    let mut site = site();
    assert!(site.chips().is_empty());
    assert_eq!(site.carried_storeys(), None);
    site.floor = Some(6);
    assert_eq!(site.carried_storeys(), None, "nobody asked for a lift");
    site.lift = Some(false);
    site.gas = Some(GasSupply {
        kind: GasType::Natural,
        converted_on: Some(date(2020, 5, 1)),
        before: Some(GasType::Manufactured),
    });
    assert_eq!(site.carried_storeys(), Some(5));
    let chips: Vec<String> = site.chips().into_iter().map(|chip| chip.zh).collect();
    assert_eq!(chips, ["6层无电梯", "天然气"]);
    for (floor, lift, storeys) in
        [(6, Some(true), Some(0)), (1, None, Some(0)), (-2, Some(false), Some(2))]
    {
        (site.floor, site.lift) = (Some(floor), lift);
        assert_eq!(site.carried_storeys(), storeys, "floor {floor}");
    }
    let gas = site.gas.unwrap();
    assert_eq!(gas.on(date(2020, 4, 30)), Some(GasType::Manufactured));
    assert_eq!(gas.on(date(2020, 5, 1)), Some(GasType::Natural));

    assert_eq!(site.passes_turn(700, 700, 1_800), None);
    site.narrowest_turn_mm = Some(690);
    assert_eq!(site.passes_turn(700, 700, 1_800), Some(false));
    assert_eq!(site.passes_turn(600, 690, 1_800), Some(true));
}

#[test]
fn a_machine_goes_from_hand_to_hand_by_its_serials() {
    let owner = Holder::Customer(id!(CustomerId, 1));
    let (van, depot) = (Holder::Van("样A·001".into()), Holder::Depot("东仓".into()));
    let recycler = Holder::Recycler("样例回收".into());
    let part =
        |part: &str, serial: &str| Component { part: part.into(), serial: Some(serial.into()) };
    let mut asset = Asset {
        id: id!(AssetId, 1),
        category: "ac".into(),
        subtype: None,
        brand: String::new(),
        model: String::new(),
        gtin: None,
        components: vec![part("indoor", "IN1"), part("outdoor", "OUT1")],
        owner: Some(id!(CustomerId, 1)),
        site: None,
        nameplate_month: None,
        installed_on: None,
        purchased_on: None,
        commercial: false,
        custody: vec![],
    };
    let step = |from: &Holder, to: &Holder, serials: &[&str]| HandOver {
        from: from.clone(),
        to: to.clone(),
        at: NOW,
        by: id!(PersonId, 1),
        serials: serials.iter().map(|serial| (*serial).to_owned()).collect(),
    };
    let both = ["IN1", "OUT1"];
    assert_eq!(
        asset.hand_over(step(&owner, &van, &["IN1"])),
        Err(CustodyError::SerialMissing { serial: "OUT1".into() })
    );
    assert_eq!(
        asset.hand_over(step(&owner, &van, &["IN1", "OUT1", "X"])),
        Err(CustodyError::ForeignSerial { serial: "X".into() })
    );
    assert_eq!(
        asset.hand_over(step(&depot, &van, &both)),
        Err(CustodyError::HeldByAnother { holder: owner.clone() })
    );
    assert!(asset.hand_over(step(&owner, &recycler, &both)).is_err(), "never past the van");
    assert!(asset.custody.is_empty(), "a refusal leaves no trace");

    asset.hand_over(step(&owner, &van, &both)).unwrap();
    asset.hand_over(step(&van, &owner, &both)).unwrap();
    for (from, to) in [(&owner, &van), (&van, &depot), (&depot, &recycler)] {
        asset.hand_over(step(from, to, &both)).unwrap();
    }
    assert_eq!(asset.holder(), Some(recycler.clone()));
    let back = asset.hand_over(step(&recycler, &depot, &both)).unwrap_err();
    assert!(back.words().zh.contains("样例回收"), "nothing returns from the recycler");
}

#[test]
fn months_read_and_print() {
    let month: YearMonth = "2019-12".parse().unwrap();
    assert_eq!(month.to_string(), "2019-12");
    assert_eq!(month.next().first_day(), date(2020, 1, 1));
    assert_eq!(month.last_day(), date(2019, 12, 31));
    for bad in ["2019", "2019-13", "2019-00", "19-12", "2019-1", "2019-012", "+019-01", "-1"] {
        assert!(bad.parse::<YearMonth>().is_err(), "{bad}");
    }
}
