//! The command line. Answers go to standard output, logs to standard error (`RUST_LOG`).

mod arguments;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use clap::Parser;
use doorstep_domain::{
    org::Person,
    time::UtcMs,
    trust::{KeyUse, Kid},
};
use doorstep_store::ledger::{leases, people};
use qrcode::{QrCode, render::unicode::Dense1x2};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::{Value, json};

use crate::{
    demo, digest, enrolment,
    execute::{self, scratch::Scratch},
    home::{self, Home, HomeError},
    host, keys, offline_commands, pool_sizes, pools, reference, rescue_intake, server, staff,
    store_keys, tls,
};
use arguments::{Cli, Command};

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
                let built = demo::build(&home, conn, &names, day, orders)?;
                for (_, text) in reference::read_files(&files)?.iter().filter(is_stock) {
                    pool_sizes::take_file(conn, text, UtcMs::shanghai_midnight(day))?;
                }
                Ok(built)
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
        Command::Pools { file, data } => {
            let home = Home::open(&data, now)?;
            let text = file.map(std::fs::read_to_string).transpose()?;
            let pools = write(&home, now, |conn| {
                pools::sweep(conn, now)?;
                text.map(|text| pool_sizes::take_file(conn, &text, now)).transpose()?;
                Ok(leases::pools(conn)?)
            })?;
            print_json(&json!({ "pools": pools }))?;
        }
        Command::RevokeKey { kid, data } => revoke_key(&data, kid, now)?,
        Command::RevokeDevice { device, data } => {
            let home = Home::open(&data, now)?;
            let known = write(&home, now, |conn| {
                pools::give_back_all(conn, device)?;
                Ok(people::revoke_device(conn, device, now)?)
            })?;
            if !known {
                return Err("there is no such device".into());
            }
            print_json(&json!({ "revoked": device }))?;
        }
        Command::Restored { data } => {
            let home = Home::open(&data, now)?;
            write(&home, now, |conn| Ok(home.renew_generation(conn)?))?;
        }
        Command::RequireProtocol { number, data } => {
            let home = Home::open(&data, now)?;
            write(&home, now, |conn| Ok(home::require_protocol(conn, number)?))?;
            print_json(&json!({ "oldest_protocol": number }))?;
        }
        Command::OpenRescue { file, data } => {
            let home = Home::open(&data, now)?;
            let secret = keys::rescue_secret(&home)?;
            print_json(&offline_commands::rescued(&std::fs::read(file)?, &secret)?)?;
        }
        Command::TakeInRescue { file, data } => return take_in_rescue(&file, &data, now),
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

/// Prints what became of each part, or why nothing could be taken in, in both languages.
fn take_in_rescue(file: &Path, data: &Path, now: UtcMs) -> Result<ExitCode, Failure> {
    let home = Home::open(data, now)?;
    let sealed = std::fs::read(file)?;
    let scratch = Scratch::worker(std::env::current_exe()?);
    let taken =
        write(&home, now, |conn| Ok(rescue_intake::take_in(&home, conn, &scratch, &sealed, now)?))?;
    let (answer, code) = match taken {
        Ok(report) => (report, ExitCode::SUCCESS),
        Err(untaken) => (untaken.report(), ExitCode::FAILURE),
    };
    print_json(&answer)?;
    Ok(code)
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

/// Whether a data file says how many units there are, which no bundle does.
fn is_stock((name, _): &&(String, String)) -> bool {
    Path::new(name).file_name().is_some_and(|name| name == "stock.toml")
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
