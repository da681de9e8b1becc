// SPDX-License-Identifier: BSL-1.0
// Rows decoded into structs: a thousand again and again, and a million once.
use crate::client::{Options, Outcome};
use crate::{connect, Shared};
use futures_util::{pin_mut, StreamExt};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio_postgres::types::ToSql;
use tokio_postgres::Row;

const COLUMNS: &str = "id, quantity, price, name, created_at";

#[allow(dead_code)] // all is read from the row, and little is looked at
pub struct Item {
    pub id: i64,
    pub quantity: i32,
    pub price: f64,
    pub name: String,
    pub created_at: SystemTime,
}

/// Row number `i` of `bench_rows`, and of what is inserted.
pub fn make_item(i: i64) -> Item {
    const START: u64 = 1_704_067_200; // 2024-01-01
    Item {
        id: i,
        quantity: (i % 1_000_003) as i32,
        price: i as f64 * 0.37,
        name: format!("row text number {i} 0123456789abcdef"),
        created_at: UNIX_EPOCH + Duration::from_secs(START) + Duration::from_micros(i as u64 * 1_234_567),
    }
}

fn read_item(row: &Row) -> Item {
    Item { id: row.get(0), quantity: row.get(1), price: row.get(2), name: row.get(3), created_at: row.get(4) }
}

fn many_rows_sql(rows: i64) -> String {
    format!("select {COLUMNS} from bench_rows limit {rows}")
}

pub async fn thousand_rows(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    let statement = client.prepare(&many_rows_sql(1000)).await?;
    loop {
        let began = Instant::now();
        let items: Vec<Item> = client.query(&statement, &[]).await?.iter().map(read_item).collect();
        assert_eq!((items.len(), items[999].id), (1000, 1000));
        if !m.borrow_mut().done(began, 1) {
            return Ok("query and get");
        }
    }
}

pub async fn stream_rows(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    let statement = client.prepare(&many_rows_sql(o.count)).await?;
    let mut sum = 0;
    m.borrow_mut().begin();
    let rows = client.query_raw(&statement, Vec::<&(dyn ToSql + Sync)>::new()).await?;
    pin_mut!(rows);
    while let Some(row) = rows.next().await {
        sum += read_item(&row?).id;
    }
    m.borrow_mut().end(o.count);
    assert_eq!(sum, o.count * (o.count + 1) / 2);
    Ok("query_raw and get")
}

pub async fn whole_result(o: &Options, m: &Shared) -> Outcome<&'static str> {
    let client = connect(&o.dsn).await?;
    let statement = client.prepare(&many_rows_sql(o.count)).await?;
    m.borrow_mut().begin();
    let items: Vec<Item> = client.query(&statement, &[]).await?.iter().map(read_item).collect();
    let sum: i64 = items.iter().map(|i| i.id).sum();
    m.borrow_mut().end(o.count);
    assert_eq!(sum, o.count * (o.count + 1) / 2);
    Ok("query and get")
}
