//! Somebody at work on a device that may die, who remembers what the device called saved.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

use super::Toll;
use crate::{device::Device, notes::notes_on_visit, pictures, story::DAY};

/// Numbers that look random; the same for the same seed (Marsaglia's xorshift64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed | 1)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

/// A visit to work on.
#[derive(Debug, Clone)]
pub(super) struct Place {
    visit: String,
    work_order: String,
}

/// What one device was told is saved, and what it was not told about.
#[derive(Default)]
pub(super) struct Books {
    saved: BTreeMap<String, BTreeSet<String>>,
    unsure: BTreeSet<String>,
    photos: BTreeMap<String, BTreeSet<String>>,
    /// Leads that were called saved.
    pub(super) leads: BTreeSet<String>,
    /// Work orders to look at again.
    touched: BTreeSet<String>,
}

/// Somebody at work on a device.
pub(super) struct Worker {
    pub(super) device: Device,
    name: &'static str,
    pub(super) places: Vec<Place>,
    pub(super) books: Books,
    pub(super) dice: Dice,
    count: u64,
}

impl Worker {
    pub(super) async fn new(device: Device, name: &'static str, seed: u64) -> Worker {
        let list = device.call("today", json!({ "day": DAY })).await;
        let mut places = Vec::new();
        for row in list["visits"].as_array().expect("visits") {
            let visit = row["visit"].as_str().expect("an identity").to_owned();
            let view = device.call("visit_open", json!({ "visit": visit })).await;
            let order = view["work_orders"][0]["id"].as_str();
            let order = order.unwrap_or_else(|| panic!("a work order: {view}")).to_owned();
            places.push(Place { visit, work_order: order });
        }
        let (books, dice) = (Books::default(), Dice::new(seed));
        Worker { device, name, places, books, dice, count: 0 }
    }

    fn place(&mut self) -> Place {
        let index = self.dice.below(self.places.len() as u64);
        self.places[usize::try_from(index).expect("small")].clone()
    }

    /// One thing; `false` when the process is gone.
    pub(super) async fn work(&mut self, toll: &mut Toll) -> bool {
        self.count += 1;
        match self.dice.below(20) {
            0..=11 => self.note(toll).await,
            12..=13 => self.photo(toll).await,
            14..=15 => self.lead(toll).await,
            _ => self.device.try_call("sync_now", json!({})).await.is_ok(),
        }
    }

    async fn note(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let text = format!("{} {}", self.name, self.count);
        let input = json!({ "visit": place.visit, "work_order": place.work_order, "text": text });
        self.books.touched.insert(place.visit);
        match self.device.try_call("note_add", input).await {
            Ok(_) => {
                toll.notes += 1;
                self.books.saved.entry(place.work_order).or_default().insert(text);
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                self.books.unsure.insert(text);
                false
            }
            Err(error) => panic!("a note was refused: {error}"),
        }
    }

    async fn photo(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let seed = u32::try_from(self.count).expect("small");
        let picture = pictures::room(seed, 160, 120);
        let input = pictures::front_of("work_order", &place.work_order, &picture);
        match self.device.try_call("photo_add", input).await {
            Ok(kept) => {
                toll.photos += 1;
                let hash = kept["hash"].as_str().expect("a hash").to_owned();
                self.books.photos.entry(place.work_order).or_default().insert(hash);
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                false
            }
            Err(error) => panic!("a photo was refused: {error}"),
        }
    }

    async fn lead(&mut self, toll: &mut Toll) -> bool {
        let place = self.place();
        let input = json!({ "work_order": place.work_order, "reason": "think", "days": 7 });
        match self.device.try_call("lead_save", input).await {
            Ok(view) => {
                toll.claims += 1;
                self.books.leads.insert(view["lead"]["id"].as_str().expect("an id").to_owned());
                true
            }
            Err(Value::Null) => {
                toll.unanswered += 1;
                false
            }
            Err(error) => panic!("a lead was refused: {error}"),
        }
    }

    /// Looks at everything touched since the last look; `false` when the process is gone.
    pub(super) async fn look(&mut self, toll: &mut Toll) -> bool {
        while let Some(visit) = self.books.touched.first().cloned() {
            let place = self.places.iter().find(|place| place.visit == visit).expect("known");
            let Ok(found) = self.find_on(&self.device, place).await else { return false };
            toll.found += found;
            self.books.touched.remove(&visit);
        }
        true
    }

    /// Looks for everything saved at a place, and returns how many things a device has of it; an
    /// error when the process is gone.
    pub(super) async fn find_on(&self, device: &Device, place: &Place) -> Result<u64, Value> {
        let seen = notes_on_visit(device, &place.visit).await?;
        let photos = photos_of(device, &place.work_order).await?;
        Ok(check(&self.books, &place.work_order, &seen, &photos, self.name))
    }
}

async fn photos_of(device: &Device, order: &str) -> Result<BTreeSet<String>, Value> {
    let list = device.try_call("photo_list", json!({ "subject": order })).await?;
    let photos = list["photos"].as_array().cloned().unwrap_or_default();
    Ok(photos.iter().filter_map(|photo| photo["hash"].as_str().map(str::to_owned)).collect())
}

/// Everything saved is there, each note once; returns how many things were found.
fn check(
    books: &Books,
    order: &str,
    seen: &[String],
    photos: &BTreeSet<String>,
    name: &str,
) -> u64 {
    let of = |map: &BTreeMap<String, BTreeSet<String>>| map.get(order).cloned().unwrap_or_default();
    let (saved, kept) = (of(&books.saved), of(&books.photos));
    for text in &saved {
        let times = seen.iter().filter(|other| *other == text).count();
        assert_eq!(times, 1, "{text:?} was called saved and is there {times} times");
    }
    for text in seen.iter().filter(|text| text.starts_with(name)) {
        assert!(saved.contains(text) || books.unsure.contains(text), "{text:?} came from nowhere");
    }
    let lost: Vec<_> = kept.difference(photos).collect();
    assert!(lost.is_empty(), "photos were called saved and are lost: {lost:?}");
    saved.len() as u64 + kept.len() as u64
}
