//! Papers: quote, signed order and warranty card as PDFs, kept and sent like photos.

mod order;

use doorstep_domain::{
    customer::Customer,
    id::{CardId, WorkOrderId},
    site::Site,
    warranty::{self, Coverage},
    words::{Language, Words},
};
use doorstep_media::{
    card_code,
    document::{
        self, CardClock, CardPaper, CardTerm, DocumentError, PaperCustomer, PaperUnit, QrModules,
    },
};
use doorstep_store::device;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

pub use super::photos::{HashInput, MediaBytes, PhotoView, SubjectInput};
use crate::{
    app::App,
    bundles,
    error::{ApiError, ApiResult},
    error_code::ErrorCode,
    session::{self, Session, required_row},
    usecase::{
        cards, ordering,
        photos::{NewMedium, drop_double, media_bytes, media_list, store_bytes},
    },
};
use order::papers_of;

/// The papers of a record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PaperList {
    /// Oldest first.
    pub papers: Vec<PhotoView>,
}

/// Which card to print.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct CardPaperInput {
    /// The card.
    pub card: CardId,
    /// In which language.
    pub language: Language,
}

/// The papers of a record.
pub async fn paper_list(app: &Arc<App>, input: SubjectInput) -> ApiResult<PaperList> {
    let papers = media_list(&*app.session().await?, input.subject, "paper").await?;
    Ok(PaperList { papers })
}

/// The bytes of a paper: from this device, else from HQ.
pub async fn paper_bytes(app: &Arc<App>, input: HashInput) -> ApiResult<MediaBytes> {
    media_bytes(&*app.session().await?, input.hash).await
}

/// Prints a warranty card.
pub async fn card_paper(app: &Arc<App>, input: CardPaperInput) -> ApiResult<PhotoView> {
    let session = app.session().await?;
    let today = session.time().await?.at.shanghai_day();
    let books = bundles::books_on(&session, today).await?;
    let view = cards::card_view(app, cards::CardInput { card: input.card }).await?;
    let issuer = session.identity().await?.person.org;
    let paper = session
        .db
        .read(move |conn| {
            let card = cards::required_card(conn, input.card)?;
            let customer = match card.customer {
                Some(id) => paper_customer(conn, id.0, None)?,
                None => PaperCustomer {
                    name: String::new(),
                    phone: String::new(),
                    address: String::new(),
                },
            };
            let code = view.code.ok_or_else(|| {
                ApiError::new(ErrorCode::PaperFailed).detail("the card has no code yet")
            })?;
            let modules = card_code::modules(&code)
                .map_err(|e| ApiError::saying(ErrorCode::PaperFailed, e.words()))?;
            let pick = |words: &Words| words.in_language(input.language).to_owned();
            let scope = |scope, coverage| CardTerm {
                part: pick(&warranty::Scope::words(scope)),
                term: months(card.terms.months(scope), input.language),
                until: coverage_text(coverage, input.language),
            };
            let category = books
                .catalogue
                .category(&doorstep_domain::catalogue::Category(card.category.clone()));
            let description = category.map_or_else(|| card.category.clone(), |c| pick(&c.name));
            Ok(CardPaper {
                language: input.language,
                sample: books.catalogue.sample,
                issuer: store_name(conn, issuer.0),
                card_id: card.id.to_string(),
                provisional: card.status == doorstep_domain::card::CardStatus::Provisional,
                qr: QrModules { size: modules.size, dark: modules.dark },
                machine: PaperUnit {
                    description: format!("{description} {}", card.brand),
                    model: card.model.clone(),
                    serials: card.serials.clone(),
                    condition: String::new(),
                },
                product_code: card.gtin.clone().unwrap_or_default(),
                customer,
                invoice: [
                    card.invoice_number.clone(),
                    card.invoice_date.map(|day| day.to_string()),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
                warranty: CardClock {
                    starts: view.verdict.start.map(|d| d.to_string()).unwrap_or_default(),
                    term: months(card.terms.months(warranty::Scope::WholeUnit), input.language),
                    until: coverage_text(view.verdict.whole_unit, input.language),
                },
                safe_life: view.safe_life.as_ref().map_or_else(
                    || CardClock { starts: String::new(), term: "–".into(), until: "–".into() },
                    |life| CardClock {
                        starts: life.starts.to_string(),
                        term: months(u16::try_from(life.years * 12).unwrap_or(0), input.language),
                        until: life.ends.to_string(),
                    },
                ),
                terms: vec![
                    scope(warranty::Scope::WholeUnit, view.verdict.whole_unit),
                    scope(warranty::Scope::MainParts, view.verdict.main_parts),
                ],
                notes: view.verdict.reasons.iter().map(pick).collect(),
            })
        })
        .await?;
    let label = format!("card.{}", language_code(input.language));
    keep(&session, input.card.0, label, move || document::card_paper(&paper)).await
}

/// Prints the quote and the signed order of a work order, in both languages, and keeps them.
pub(crate) async fn print_order(session: &Session, work_order: WorkOrderId) -> ApiResult<()> {
    let filed = ordering::newest_order(session, work_order).await?;
    for language in [Language::Chinese, Language::English] {
        let (order, wanted) = (filed.clone(), work_order);
        let (quote_paper, order_paper) =
            session.db.read(move |conn| papers_of(conn, &order, wanted, language)).await?;
        let label = format!("quote.{}", language_code(language));
        keep(session, work_order.0, label, move || document::quote_paper(&quote_paper)).await?;
        let label = format!("order.{}", language_code(language));
        keep(session, work_order.0, label, move || document::order_paper(&order_paper)).await?;
    }
    Ok(())
}

fn language_code(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

/// Sets a PDF off the async threads, stores it encrypted and records it.
async fn keep(
    session: &Session,
    subject: Uuid,
    label: String,
    set: impl FnOnce() -> Result<Vec<u8>, DocumentError> + Send + 'static,
) -> ApiResult<PhotoView> {
    let bytes = tokio::task::spawn_blocking(set)
        .await
        .map_err(ApiError::internal)?
        .map_err(|e| ApiError::saying(ErrorCode::PaperFailed, e.words()).detail(e))?;
    let medium = store_bytes(
        session,
        NewMedium {
            kind: "paper",
            mime: "application/pdf",
            subject,
            label: &label,
            thumb: None,
            about: "{}".into(),
        },
        bytes,
    )
    .await?;
    let view = PhotoView {
        hash: medium.hash.clone(),
        shot: label,
        bytes: medium.bytes,
        about: None,
        thumb: None,
        received: false,
        here: true,
    };
    let kept =
        session.db.write(move |tx, _| Ok((device::put_medium(tx, &medium)?, medium.file))).await?;
    drop_double(session, kept)?;
    session.work_added();
    Ok(view)
}

fn paper_customer(conn: &Connection, id: Uuid, site: Option<Uuid>) -> ApiResult<PaperCustomer> {
    let customer: Customer = required_row(conn, "customer", id)?;
    let address = match site {
        Some(site) => required_row::<Site>(conn, "site", site)?.address,
        None => customer.address.clone(),
    };
    Ok(PaperCustomer {
        name: customer.name,
        phone: customer.phones.first().cloned().unwrap_or_default(),
        address,
    })
}

/// The store's name as HQ published it.
fn store_name(conn: &Connection, store: Uuid) -> String {
    session::required_row::<doorstep_domain::org::OrgUnit>(conn, "org_unit", store)
        .map_or_else(|_| String::new(), |unit| unit.name)
}

fn months(months: u16, language: Language) -> String {
    match (months % 12, language) {
        (0, Language::Chinese) => format!("{} 年", months / 12),
        (0, Language::English) => format!("{} y", months / 12),
        (_, Language::Chinese) => format!("{months} 个月"),
        (_, Language::English) => format!("{months} months"),
    }
}

fn coverage_text(coverage: Coverage, language: Language) -> String {
    let words = match coverage {
        Coverage::Covered { until } => return until.to_string(),
        Coverage::Ended { on } => Words::new(format!("已于 {on} 到期"), format!("ended {on}")),
        Coverage::Excluded { .. } => Words::new("不保", "excluded"),
        Coverage::CardVoid => Words::new("卡已作废", "card void"),
        Coverage::Unknown => Words::new("待定", "unknown"),
    };
    words.in_language(language).to_owned()
}
