// SPDX-License-Identifier: BSL-1.0
// Rows into a table: by COPY, and by prepared INSERTs that are in flight together.
use crate::client::{Options, Outcome};
use crate::rows::make_item;
use crate::{connect, Shared};
use futures_util::future::try_join_all;
use futures_util::{pin_mut, stream, StreamExt, TryStreamExt};
use std::time::Instant;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Statement};

const INSERT_SQL: &str = "insert into bench_insert (id, quantity, price, name, created_at) values ($1, $2, $3, $4, $5)";
const COPY_SQL: &str = "copy bench_insert (id, quantity, price, name, created_at) from stdin (format binary)";
const BATCH_SIZE: i64 = 100;

async fn insert(client: &Client, statement: &Statement, number: i64) -> Result<u64, Error> {
    let i = make_item(number);
    client.execute(statement, &[&i.id, &i.quantity, &i.price, &i.name, &i.created_at]).await
}

pub async fn copy_rows(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    m.borrow_mut().begin();
    let sink = client.copy_in(COPY_SQL).await?;
    let writer = BinaryCopyInWriter::new(sink, &[Type::INT8, Type::INT4, Type::FLOAT8, Type::TEXT, Type::TIMESTAMPTZ]);
    pin_mut!(writer);
    for number in 1..=o.count {
        let i = make_item(number);
        writer.as_mut().write(&[&i.id, &i.quantity, &i.price, &i.name, &i.created_at]).await?;
    }
    writer.finish().await?;
    m.borrow_mut().end(o.count);
    Ok("BinaryCopyInWriter")
}

pub async fn insert_rows(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    let statement = client.prepare(INSERT_SQL).await?;
    m.borrow_mut().begin();
    client.batch_execute("begin").await?;
    stream::iter(1..=o.count)
        .map(|number| insert(&client, &statement, number))
        .buffered(1000)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    client.batch_execute("commit").await?;
    m.borrow_mut().end(o.count);
    Ok("execute, 1 000 at once")
}

pub async fn insert_batches(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    let statement = client.prepare(INSERT_SQL).await?;
    let mut next = 1;
    loop {
        let began = Instant::now();
        try_join_all((next..next + BATCH_SIZE).map(|number| insert(&client, &statement, number))).await?;
        next += BATCH_SIZE;
        if !m.borrow_mut().done(began, BATCH_SIZE) {
            return Ok("execute, 100 at once");
        }
    }
}
