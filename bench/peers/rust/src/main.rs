// SPDX-License-Identifier: BSL-1.0
// tokio-postgres on tokio's loop of one thread.
mod client;
mod inserts;
mod queries;
mod rows;
mod tls;

use client::{Measurement, Options, Outcome};
use std::cell::RefCell;
use std::rc::Rc;
use tokio_postgres::{Client, NoTls};

pub type Shared = Rc<RefCell<Measurement>>;

const EXIT_UNSUPPORTED: i32 = 3;

/// Connects; the connection's work is a task of its own.
pub async fn connect(dsn: &str) -> Outcome<Client> {
    if dsn.contains("sslmode=require") {
        let (client, connection) = tokio_postgres::connect(dsn, tls::OpenSsl::shared()).await?;
        tokio::task::spawn_local(connection);
        Ok(client)
    } else {
        let (client, connection) = tokio_postgres::connect(dsn, NoTls).await?;
        tokio::task::spawn_local(connection);
        Ok(client)
    }
}

/// Gives what the client has done, in words.
async fn run(o: &Options, m: &Shared) -> Outcome<&'static str> {
    match o.workload.as_str() {
        "W1" => queries::tasks_over_connections(o, m, 1, 1).await,
        "W2" => queries::tasks_over_connections(o, m, 10, 10).await,
        "W3" => queries::tasks_over_connections(o, m, 4, 64).await,
        "W3one" => queries::tasks_over_connections(o, m, 1, 64).await,
        "W4" => rows::thousand_rows(o, m).await,
        "W5" => rows::stream_rows(o, m).await,
        "W5full" => rows::whole_result(o, m).await,
        "W6copy" => inserts::copy_rows(o, m).await,
        "W6insert" => inserts::insert_rows(o, m).await,
        "W7" => inserts::insert_batches(o, m).await,
        "W8" => queries::connect_and_close(o, m).await,
        "W9" => {
            println!("{{\"unsupported\": \"no pool of its own, and Debian packages none for it\"}}");
            std::process::exit(EXIT_UNSUPPORTED);
        }
        other => Err(format!("unknown workload: {other}").into()),
    }
}

fn main() {
    let finish = || -> Outcome<()> {
        let options = Options::parse()?;
        let measurement = Rc::new(RefCell::new(Measurement::new(&options)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let how = tokio::task::LocalSet::new().block_on(&runtime, run(&options, &measurement))?;
        measurement.borrow_mut().print(how);
        Ok(())
    };
    if let Err(error) = finish() {
        eprintln!("peer_tokio_postgres: {error:?}");
        std::process::exit(1);
    }
}
