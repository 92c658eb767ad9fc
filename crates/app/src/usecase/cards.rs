//! Electronic warranty cards: shown with both clocks, issued by three scans.

use doorstep_domain::{
    card::{CardStatus, WarrantyCard},
    catalogue::{Catalogue, Category},
    claim::{Claim, IssueCard},
    customer::{Customer, MaskedCustomer, digits_of},
    id::{CardId, CustomerId, IdNoise, OrgId},
    inspection::{SafeLife, SafeLifeFacts, safe_life},
    time::{Date, UtcMs},
    trust::Kid,
    vocabulary::Vocabulary,
    warranty::{self, Verdict, WarrantyTerms},
    words::Words,
};
use doorstep_media::card_code::{self, CardFields, OpenedCard};
use doorstep_store::{device, search};
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, required_row},
    usecase::{
        parking,
        record_state::{self, RecordState},
    },
};

/// Customers whose numbers end alike that are compared; a store has a handful.
const PHONE_HITS: usize = 200;

/// Which card.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct CardInput {
    /// The card.
    pub card: CardId,
}

/// What a card's code says, proved under a key HQ vouches for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CardProof {
    /// The card.
    pub card: CardId,
    /// Serials of the machine.
    pub serials: Vec<String>,
    /// Day of the invoice.
    #[ts(type = "string")]
    pub invoice_date: Date,
    /// Issued without a network and not final yet.
    pub provisional: bool,
    /// The key list that vouched for it.
    pub key_list_version: u64,
    /// Genuine, in words.
    pub words: Words,
}

impl CardProof {
    pub(crate) fn of(opened: &OpenedCard) -> CardProof {
        let fields = &opened.fields;
        CardProof {
            card: fields.card,
            serials: fields.serials.clone(),
            invoice_date: fields.invoice_date,
            provisional: fields.provisional,
            key_list_version: opened.key_list_version,
            words: if fields.provisional {
                Words::new("真卡（临时卡，待总部登记）", "Genuine (provisional, awaiting HQ)")
            } else {
                Words::new("真卡", "Genuine")
            },
        }
    }
}

/// A card with what follows from it today.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CardView {
    /// The card.
    pub card: WarrantyCard,
    /// Whose it is, masked.
    pub customer: Option<MaskedCustomer>,
    /// The first clock: what is covered, as of the last sync.
    pub verdict: Verdict,
    /// The second clock: how long the machine may safely be used.
    pub safe_life: Option<SafeLife>,
    /// The text of its QR.
    pub code: Option<String>,
    /// The QR as an SVG path over `side` modules.
    pub qr: Option<QrPicture>,
    /// Where the record stands between this device and HQ.
    pub record: RecordState,
}

/// A QR code to draw.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QrPicture {
    /// Modules on a side, quiet zone included.
    pub side: u32,
    /// An SVG path of the dark modules.
    pub path: String,
}

/// A card to issue: product code, serials, phone; the rest is defaulted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CardIssue {
    /// The product's GTIN.
    pub gtin: String,
    /// Serials of the machine, in the order of its components.
    pub serials: Vec<String>,
    /// The customer, if known.
    #[serde(default)]
    #[ts(optional)]
    pub customer: Option<CustomerId>,
    /// The customer's phone number: finds the customer, or begins a new one.
    #[serde(default)]
    #[ts(optional)]
    pub phone: Option<String>,
    /// The name of a customer nobody has met before.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// Day of the invoice; today if absent.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub invoice_date: Option<Date>,
    /// Number of the invoice.
    #[serde(default)]
    #[ts(optional)]
    pub invoice_number: Option<String>,
    /// A parked draft this finishes.
    #[serde(default)]
    #[ts(optional)]
    pub parked: Option<Uuid>,
}

/// The key with which a store signs provisional cards, as HQ gave it to its clerks.
#[derive(Deserialize)]
struct StoreKey {
    kid: Kid,
    store: OrgId,
    secret: String,
}

/// One card.
pub async fn card_view(app: &Arc<App>, input: CardInput) -> ApiResult<CardView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await.ok();
    session
        .db
        .read(move |conn| {
            let catalogue = books.as_deref().map(|books| &books.catalogue);
            let last = session::last_hq_time(conn)?;
            read_card(conn, input.card, catalogue, today, last)
        })
        .await
}

/// Issues a card: provisional at once, final when HQ has claimed its serials.
pub async fn card_issue(app: &Arc<App>, input: CardIssue) -> ApiResult<CardView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let time = session.time().await?;
    let today = time.at.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    let model = books
        .catalogue
        .model_by_gtin(&input.gtin)
        .ok_or_else(|| ApiError::new(ErrorCode::CodeInvalid).param("reason", "unknown_product"))?;
    let vocabulary = session
        .db
        .read(move |conn| bundles::book_on(conn, "vocabulary", today, Vocabulary::from_json))
        .await?;
    let mut card = WarrantyCard {
        id: CardId::new(time.device, session.noise()),
        store: identity.person.org,
        status: CardStatus::Provisional,
        issued_at: time.at,
        issued_by: Some(identity.person_id()),
        asset: None,
        customer: input.customer,
        category: model.category.0.clone(),
        // What papers call it: the catalogue has a code.
        brand: Vocabulary::text(&vocabulary.brands, &model.brand).zh,
        model: model.sku.clone(),
        gtin: Some(model.gtin.clone()),
        serials: input.serials.iter().map(|serial| serial.trim().to_owned()).collect(),
        invoice_date: Some(input.invoice_date.unwrap_or(today)),
        invoice_number: input.invoice_number,
        nameplate_month: None,
        installed_on: None,
        exchanged_on: None,
        terms: WarrantyTerms::default(),
        repairs: Vec::new(),
        exclusions: Vec::new(),
        replaced_by: None,
    };
    let id = card.id;
    let host = Arc::clone(&session.host);
    let (noise, at) = (session.noise(), time.device);
    session
        .db
        .write(move |tx, _| {
            let mut new_customer = None;
            if card.customer.is_none()
                && let Some(phone) = input.phone
            {
                let known = customer_by_phone(tx, &phone)?;
                if known.is_none() {
                    let customer = stranger(&card, phone, input.name, &noise, at);
                    new_customer = Some(customer);
                }
                card.customer = known.or(new_customer.as_ref().map(|customer| customer.id));
            }
            let provisional_qr = sign_provisional(tx, &card)?;
            let claim =
                Claim::CardIssue(Box::new(IssueCard { card, provisional_qr, new_customer }));
            session::add_claim(tx, &claim, host.as_ref())?;
            if let Some(parked) = input.parked {
                parking::drop_draft(tx, parked)?;
            }
            Ok(())
        })
        .await?;
    session.work_added();
    card_view(app, CardInput { card: id }).await
}

/// A card from HQ's row, or from this device's own claim while HQ has not answered.
pub(crate) fn read_card(
    conn: &Connection,
    id: CardId,
    catalogue: Option<&Catalogue>,
    today: Date,
    last_sync: Option<UtcMs>,
) -> ApiResult<CardView> {
    let (card, own) = match device::row(conn, "card", id.0)? {
        Some(row) => (row.record::<WarrantyCard>()?, None),
        None => {
            let issue = own_card(conn, id)?;
            (issue.card.clone(), Some(issue))
        }
    };
    let code = match device::row(conn, "card_code", id.0)? {
        Some(row) => row
            .record::<serde_json::Value>()?
            .get("text")
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned),
        None => own.as_ref().and_then(|issue| issue.provisional_qr.clone()),
    };
    let customer = match card.customer {
        Some(customer) => device::row(conn, "customer", customer.0)?
            .map(|row| row.record::<Customer>())
            .transpose()?
            .or_else(|| own.and_then(|issue| issue.new_customer))
            .map(|customer| customer.masked()),
        None => None,
    };
    let life = catalogue.and_then(|catalogue| {
        let facts = SafeLifeFacts {
            category: Category(card.category.clone()),
            sub: String::new(),
            gas: None,
            installed: card.installed_on,
            bought: card.invoice_date,
            made: card.nameplate_month.map(|month| month.first_day()),
            label_years: None,
        };
        safe_life(catalogue, &facts, today)
    });
    let qr = code.as_deref().and_then(|text| {
        let modules = card_code::modules(text).ok()?;
        let side = u32::try_from(modules.side()).ok()?;
        Some(QrPicture { side, path: modules.svg_path() })
    });
    Ok(CardView {
        verdict: warranty::verdict(&card, today, last_sync),
        safe_life: life,
        customer,
        code,
        qr,
        record: record_state::of(conn, &[id.0])?,
        card,
    })
}

/// The claim with which this device issued a card.
fn own_card(conn: &Connection, id: CardId) -> ApiResult<IssueCard> {
    for command in device::commands_about(conn, id.0)? {
        if let Ok(Claim::CardIssue(issue)) = serde_json::from_str(&command.claim) {
            return Ok(*issue);
        }
    }
    Err(ApiError::not_found("card"))
}

/// The customer this device knows under a phone number.
fn customer_by_phone(conn: &Connection, phone: &str) -> ApiResult<Option<CustomerId>> {
    let wanted = digits_of(phone);
    // The index knows a number by its last four digits.
    let tail = wanted.get(wanted.len().saturating_sub(4)..).unwrap_or_default();
    for hit in search::find_kinds(conn, &["customer"], tail, PHONE_HITS)? {
        let id: Uuid = hit.id.parse().map_err(ApiError::internal)?;
        let customer: Customer = required_row(conn, "customer", id)?;
        if customer.phones.iter().any(|held| digits_of(held) == wanted) {
            return Ok(Some(customer.id));
        }
    }
    Ok(None)
}

/// A customer nobody has met before.
fn stranger(
    card: &WarrantyCard,
    phone: String,
    name: Option<String>,
    noise: &IdNoise,
    at: UtcMs,
) -> Customer {
    Customer {
        id: CustomerId::new(at, *noise),
        store: card.store,
        name: name.unwrap_or_default().trim().to_owned(),
        phones: vec![phone.trim().to_owned()],
        address: String::new(),
        consents: Vec::new(),
    }
}

/// Signs the card with the store's key, where this device has it: a code the customer can keep.
fn sign_provisional(conn: &Connection, card: &WarrantyCard) -> ApiResult<Option<String>> {
    let keys = device::rows_of_kind(conn, "store_key")?;
    let Some(key) = keys
        .iter()
        .filter_map(|row| row.record::<StoreKey>().ok())
        .find(|key| key.store == card.store)
    else {
        return Ok(None);
    };
    let mut secret = [0u8; 32];
    hex::decode_to_slice(&key.secret, &mut secret).map_err(ApiError::internal)?;
    card_code::sign(&CardFields::of(card, key.kid), &SigningKey::from_bytes(&secret))
        .map(Some)
        .map_err(|e| ApiError::saying(ErrorCode::CodeInvalid, e.words()).param("reason", e.code()))
}

/// The row kinds a card's paper needs, read at once.
pub(crate) fn required_card(conn: &Connection, id: CardId) -> ApiResult<WarrantyCard> {
    required_row(conn, "card", id.0).or_else(|_| Ok(own_card(conn, id)?.card))
}
