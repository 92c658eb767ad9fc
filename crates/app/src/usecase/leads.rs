//! Leads 意向单: a willing customer without an order.

use doorstep_domain::{
    claim::{Claim, SaveLead},
    id::{LeadId, QuoteId, WorkOrderId},
    lead::{Lead, LeadState, follow_up_day},
    work_order::WorkOrder,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

use crate::{app::App, error::ApiResult};

/// A willing customer without an order.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct LeadInput {
    /// The work order.
    pub work_order: WorkOrderId,
    /// Why not today: a code of the reason list.
    pub reason: String,
    /// Days until somebody asks again.
    pub days: u16,
    /// In the engineer's own words.
    #[serde(default)]
    pub note: String,
    /// The quote shown.
    #[serde(default)]
    #[ts(optional)]
    pub quote: Option<QuoteId>,
    /// The category wanted.
    #[serde(default)]
    #[ts(optional)]
    pub wants: Option<String>,
}

/// A lead saved.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LeadView {
    /// The lead.
    pub lead: Lead,
}

/// Saves a lead with the day to ask again.
pub async fn lead_save(app: &Arc<App>, input: LeadInput) -> ApiResult<LeadView> {
    let session = app.session().await?;
    let identity = session.identity().await?;
    let time = session.time().await?;
    let order: WorkOrder = session.row("work_order", input.work_order.0).await?;
    let lead = Lead {
        id: LeadId::new(time.device, session.noise()),
        store: order.store,
        customer: order.customer,
        work_order: Some(input.work_order),
        asset: order.legs.iter().find_map(|leg| leg.asset),
        wants: input.wants,
        quote: input.quote,
        reason: input.reason,
        note: input.note,
        follow_up_on: follow_up_day(time.at.shanghai_day(), input.days),
        saved_at: time.at,
        saved_by: identity.person_id(),
        state: LeadState::Open,
    };
    session.claim(Claim::LeadSave(Box::new(SaveLead { lead: lead.clone() }))).await?;
    Ok(LeadView { lead })
}
