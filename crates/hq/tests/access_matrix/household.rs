//! The household of the door job, and records that its people claim.

use axum::http::StatusCode;
use doorstep_domain::claim::Claim;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::common::{self, Device, World, code, fresh};

pub(super) fn payment(world: &World, device: &Device, id: Uuid, order: Value) -> Value {
    let door = &world.demo["door_job"];
    json!({
        "id": id, "store": door["store"], "order": order, "customer": door["customer"],
        "purpose": "deposit", "amount": 10_000, "method": "cash", "paid_at": world.now().0,
        "recorded_by": device.person, "status": "unconfirmed",
    })
}

pub(super) fn lead(world: &World, device: &Device, id: Uuid) -> Value {
    let door = &world.demo["door_job"];
    json!({
        "id": id, "store": door["store"], "customer": door["customer"], "reason": "price",
        "note": "", "follow_up_on": "2026-07-20", "saved_at": world.now().0,
        "saved_by": device.person, "state": "open",
    })
}

/// The household of the door job with everything that can hang on it.
pub(super) struct Household {
    pub(super) world: World,
    pub(super) order: Uuid,
    pub(super) payment: Uuid,
    pub(super) lead: Uuid,
    photos: Vec<(&'static str, String, Uuid)>,
}

impl Household {
    pub(super) async fn new() -> Household {
        let world = World::new();
        let mut crew = world.device("周晓琳").await;
        let quote = common::quote(&common::books(), "2026-07-15");
        let file = common::order(&world, &quote);
        let order = file.signed.terms.order.0;
        assert!(crew.claim(&world, &Claim::OrderFile(Box::new(file))).await.is_executed());
        let (payment_id, lead_id) = (fresh(), fresh());
        let now = world.now().0;
        let wish = json!({ "start": now + 86_400_000, "end": now + 93_600_000 });
        for claim in [
            json!({ "claim": "payment_record", "payment": payment(&world, &crew, payment_id, json!(order)) }),
            json!({ "claim": "lead_save", "lead": lead(&world, &crew, lead_id) }),
            json!({ "claim": "visit_reschedule", "visit": world.door("visit"), "wish": wish }),
        ] {
            let claim = serde_json::from_value(claim).unwrap();
            let decision = crew.claim(&world, &claim).await;
            assert!(decision.is_executed(), "{}", code(&decision));
        }
        let mut photos = Vec::new();
        for (name, subject) in
            [("photo_order", "work_order"), ("photo_asset", "asset"), ("photo_card", "card")]
        {
            let (bytes, subject) = (name.as_bytes().repeat(50), world.door(subject));
            let hash = hex::encode(Sha256::digest(&bytes));
            crew.announce(&world, subject, &hash, bytes.len()).await;
            let sent = crew.piece(&world, &hash, 0, &bytes).await;
            assert_eq!(sent.status, StatusCode::NO_CONTENT, "{name}: {}", sent.text());
            photos.push((name, hash, subject));
        }
        Household { world, order, payment: payment_id, lead: lead_id, photos }
    }

    pub(super) fn photo(&self, name: &str) -> (&str, Uuid) {
        let (_, hash, subject) = self.photos.iter().find(|(held, ..)| *held == name).unwrap();
        (hash, *subject)
    }
}
