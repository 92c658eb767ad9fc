//! The command line. Answers go to standard output, logs to standard error (`RUST_LOG`).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use doorstep_domain::{
    id::DeviceId,
    org::Person,
    time::{Date, UtcMs},
    trust::{KeyUse, Kid},
};
use doorstep_store::ledger::people;
use qrcode::{QrCode, render::unicode::Dense1x2};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::{Value, json};

use crate::{
    demo, digest, enrolment,
    execute::{self, scratch::Scratch},
    home::{Home, HomeError},
    host, keys, offline_commands, reference, server, staff, store_keys, tls,
};

/// Headquarters of Doorstep.
#[derive(Debug, Parser)]
#[command(name = "doorstep-hq", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
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
    /// Open a rescue file that a device sealed to HQ, and print its content.
    OpenRescue {
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

type Failure = Box<dyn std::error::Error>;

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    match dispatch(cli.command) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    let now = host::now();
    match command {
        Command::Init { data } => {
            let home = Home::open(&data, now)?;
            print_json(&json!({ "pin": tls::pin(&home)? }))?;
        }
        Command::Serve { data, listen, json } => serve(&data, listen, json)?,
        Command::DemoData { data, orders, day, data_files } => {
            let files = data_files.unwrap_or_else(offline_commands::default_data_files);
            let day = day.unwrap_or_else(|| now.shanghai_day());
            let names = demo::Names::read(&files)?;
            let home = Home::open(&data, now)?;
            let built = write(&home, now, |conn| {
                reference::publish(&home, conn, &files, now)?;
                Ok(demo::build(&home, conn, &names, day, orders)?)
            })?;
            print_json(&built)?;
        }
        Command::Enrol { data, person, address, text } => {
            let home = Home::open(&data, now)?;
            let ticket = write(&home, now, |conn| {
                let person = find_person(conn, &person)?;
                Ok(enrolment::ticket(&home, conn, person.id, &address, now)?)
            })?;
            print(&ticket.to_text())?;
            if !text {
                let code = QrCode::new(ticket.to_text())?;
                print(&code.render::<Dense1x2>().quiet_zone(true).build())?;
            }
        }
        Command::Publish { folder, data } => {
            let home = Home::open(&data, now)?;
            let new = write(&home, now, |conn| Ok(reference::publish(&home, conn, &folder, now)?))?;
            print_json(&json!({ "published": new }))?;
        }
        Command::Staff { file, data } => {
            let home = Home::open(&data, now)?;
            let text = std::fs::read_to_string(&file)?;
            let (units, people) =
                write(&home, now, |conn| Ok(staff::take_file(&home, conn, &text, now)?))?;
            print_json(&json!({ "units": units, "people": people }))?;
        }
        Command::RevokeKey { kid, data } => revoke_key(&data, kid, now)?,
        Command::RevokeDevice { device, data } => {
            let home = Home::open(&data, now)?;
            let known = write(&home, now, |conn| Ok(people::revoke_device(conn, device, now)?))?;
            if !known {
                return Err("there is no such device".into());
            }
            print_json(&json!({ "revoked": device }))?;
        }
        Command::Restored { data } => {
            let home = Home::open(&data, now)?;
            write(&home, now, |conn| Ok(home.renew_generation(conn)?))?;
        }
        Command::OpenRescue { file, data } => {
            let home = Home::open(&data, now)?;
            let secret = keys::rescue_secret(&home)?;
            print_json(&offline_commands::rescued(&std::fs::read(file)?, &secret)?)?;
        }
        Command::People { data, json } => list_people(&data, json, now)?,
        Command::Digest { data } => {
            let conn = Home::open(&data, now)?.connect(now)?;
            print_json(&digest::digest(&conn)?)?;
        }
        Command::Quote { file, data_files } => {
            let data = data_files.unwrap_or_else(offline_commands::default_data_files);
            let (answer, code) = match offline_commands::quote(&file, &data) {
                Ok(quote) => (quote, ExitCode::SUCCESS),
                Err(error) => (error, ExitCode::FAILURE),
            };
            print(&serde_json::to_string_pretty(&answer)?)?;
            return Ok(code);
        }
        Command::ScratchWorker => execute::scratch::work(std::io::stdin(), std::io::stdout())?,
        Command::Labels { images } => {
            for image in images {
                print_json(&offline_commands::labels(&image))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(data: &Path, listen: SocketAddr, as_json: bool) -> Result<(), Failure> {
    let home = Home::open(data, host::now())?;
    let pin = tls::pin(&home)?;
    let hq = Arc::new(server::Hq::new(home, host::now, Scratch::worker(std::env::current_exe()?))?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(server::serve(hq, listen, move |address| {
        let line = if as_json {
            json!({ "address": address.to_string(), "pin": pin }).to_string()
        } else {
            format!("listening on {address}, pin {pin}")
        };
        if let Err(error) = print(&line) {
            tracing::error!(%error, "standard output is closed");
        }
    }))?;
    Ok(())
}

fn revoke_key(data: &Path, kid: Kid, now: UtcMs) -> Result<(), Failure> {
    let home = Home::open(data, now)?;
    let purpose = write(&home, now, |conn| {
        let purpose = keys::revoke(&home, conn, kid, now)?;
        match purpose {
            KeyUse::Bundle => reference::sign_again(&home, conn)?,
            KeyUse::Card => execute::claims::card::sign_all_again(&home, conn)?,
            KeyUse::ProvisionalCard => store_keys::ensure(&home, conn, now)?,
        }
        Ok(purpose)
    })?;
    print_json(&json!({ "revoked": kid, "use": purpose }))
}

fn list_people(data: &Path, as_json: bool, now: UtcMs) -> Result<(), Failure> {
    let conn = Home::open(data, now)?.connect(now)?;
    let tree = people::tree(&conn)?;
    for person in people::persons(&conn)? {
        let unit = tree.unit(person.org).map(|unit| unit.name.clone()).unwrap_or_default();
        if as_json {
            print_json(&json!({
                "id": person.id,
                "name": person.name,
                "role": person.role,
                "org": person.org,
                "org_name": unit,
            }))?;
        } else {
            print(&format!("{} {} {} {unit}", person.id, person.name, person.role.words().zh))?;
        }
    }
    Ok(())
}

fn find_person(conn: &Connection, text: &str) -> Result<Person, Failure> {
    let is_meant = |person: &Person| person.name == text || person.id.to_string() == text;
    let mut found = people::persons(conn)?.into_iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(person), None) => Ok(person),
        (None, _) => Err("there is no such person".into()),
        (Some(_), Some(_)) => Err("several people have this name; give the identity".into()),
    }
}

/// One transaction on the ledger, committed when `work` succeeds.
fn write<T>(
    home: &Home,
    now: UtcMs,
    work: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut conn = home.connect(now)?;
    let tx =
        conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(HomeError::from)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

fn print_json(value: &Value) -> Result<(), Failure> {
    print(&value.to_string())
}

/// Writes a line at once; a reader that has gone away is an error, not a panic.
fn print(line: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
