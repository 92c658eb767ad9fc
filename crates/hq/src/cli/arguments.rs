//! What the command line takes: the commands with their arguments, and their help.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};
use doorstep_domain::{id::DeviceId, time::Date, trust::Kid};

/// Headquarters of Doorstep.
#[derive(Debug, Parser)]
#[command(name = "doorstep-hq", version)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make the data folder: keys, certificate, empty ledger.
    Init {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Serve devices over HTTPS.
    Serve {
        /// The data folder; made when missing.
        #[arg(long)]
        data: PathBuf,
        /// Where to listen; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Print the address as one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Build a sample business, the same for the same arguments.
    DemoData {
        /// The data folder; made when missing.
        #[arg(long)]
        data: PathBuf,
        /// How many visits to plan.
        #[arg(long, default_value_t = 24)]
        orders: u32,
        /// The day of the first visits; today when not given.
        #[arg(long)]
        day: Option<Date>,
        /// Reference data to publish with it; `DOORSTEP_DATA` or ./data when not given.
        #[arg(long)]
        data_files: Option<PathBuf>,
    },
    /// Print a ticket that enrols one device within ten minutes.
    Enrol {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// Whose device: a name or an identity.
        #[arg(long)]
        person: String,
        /// Where devices reach HQ.
        #[arg(long, default_value = "127.0.0.1:8443")]
        address: String,
        /// Print the text only, without the QR.
        #[arg(long)]
        text: bool,
    },
    /// Check, sign and publish reference data.
    Publish {
        /// A folder of TOML files.
        folder: PathBuf,
        /// HQ's data folder.
        #[arg(long, alias = "data-dir")]
        data: PathBuf,
    },
    /// Take in units and people from a TOML file (docs/hq.md).
    Staff {
        /// The file.
        file: PathBuf,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Withdraw a signing key, replace it and sign anew what it signed.
    RevokeKey {
        /// The key's number.
        kid: Kid,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Withdraw a device: HQ answers it no more.
    RevokeDevice {
        /// The device's identity.
        device: DeviceId,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// After restoring a backup of the ledger: let every device pull everything again.
    Restored {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Answer only devices that speak at least this protocol; others are told to update, and keep
    /// their work.
    RequireProtocol {
        /// The oldest protocol to be answered.
        number: u16,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Open a rescue file that a device sealed to HQ, and print its content.
    OpenRescue {
        /// The rescue file.
        file: PathBuf,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Say how much there is of what is leased out (docs/hq.md), and print every pool.
    Pools {
        /// A file of sizes; without it nothing changes.
        file: Option<PathBuf>,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Take in the work in a rescue file as if its device had sent it; doing so again changes
    /// nothing.
    TakeInRescue {
        /// The rescue file.
        file: PathBuf,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// List the staff.
    People {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what the ledger holds, as counts and a hash.
    Digest {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Price a quote request and explain every line.
    Quote {
        /// A file with the request as JSON; - for standard input.
        file: PathBuf,
        /// Reference data; `DOORSTEP_DATA` or ./data when not given.
        #[arg(long)]
        data_files: Option<PathBuf>,
    },
    /// Try out changes from devices for a server; started by `serve`.
    #[command(hide = true)]
    ScratchWorker,
    /// Read the labels in pictures, one line of JSON each.
    Labels {
        /// Pictures.
        #[arg(required = true)]
        images: Vec<PathBuf>,
    },
}
