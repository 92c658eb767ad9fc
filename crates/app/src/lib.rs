//! The product's use cases behind one command table.
//!
//! A shell (a window, a test host) makes an [`App`] over a profile folder and a [`host::Host`],
//! and passes every call of the screens to [`App::call`]. The core owns its threads, its line to
//! HQ and its keys; a shell holds no business.

mod app;
mod background;
mod bundles;
mod database;
mod error;
mod error_code;
mod exchange;
pub mod host;
mod identity;
mod leases;
mod news;
mod photo_sending;
mod pin;
mod profile;
mod reconcile;
mod salvage;
mod session;
mod sync_state;
mod table;
mod transport;
mod uploads;
pub mod usecase;
mod views;

pub use app::App;
pub use error::{ApiError, ApiResult};
pub use error_code::ErrorCode;
pub use table::{COMMANDS, CommandInfo, Tag, export_types};
pub use transport::{Answer, Carried, Carrier, Request};
