// SPDX-License-Identifier: BSL-1.0
// Single rows by primary key, over one connection or several, and connecting.
use crate::client::{Options, Outcome};
use crate::{connect, Shared};
use std::rc::Rc;
use std::time::Instant;
use tokio_postgres::{Client, Statement};

const BALANCE_SQL: &str = "select abalance from pgbench_accounts where aid = $1";
const ACCOUNTS: u64 = 1_000_000;

/// Account numbers in no order.
struct AccountNumbers(u64);

impl AccountNumbers {
    fn next(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (((self.0 >> 32) * ACCOUNTS) >> 32) as i32 + 1
    }
}

async fn ask(connection: Rc<(Client, Statement)>, m: Shared, seed: u64) {
    let mut numbers = AccountNumbers(seed);
    loop {
        let began = Instant::now();
        let account = numbers.next();
        let row = connection.0.query_one(&connection.1, &[&account]).await.unwrap();
        let balance: i32 = row.get(0);
        assert_eq!(balance, account % 1000);
        if !m.borrow_mut().done(began, 1) {
            return;
        }
    }
}

pub async fn tasks_over_connections(
    o: &Options,
    m: &Shared,
    connections: usize,
    tasks: usize,
) -> Outcome<&'static str> {
    let mut all = vec![];
    for _ in 0..connections {
        let client = connect(&o.dsn).await?;
        let statement = client.prepare(BALANCE_SQL).await?;
        all.push(Rc::new((client, statement)));
    }
    let seed = std::process::id() as u64;
    let running: Vec<_> = (0..tasks)
        .map(|i| tokio::task::spawn_local(ask(all[i % connections].clone(), m.clone(), (seed + i as u64) << 20)))
        .collect();
    for task in running {
        task.await?;
    }
    Ok("query_one")
}

pub async fn connect_and_close(o: &Options, m: &Shared) -> Outcome<&'static str> {
    loop {
        let began = Instant::now();
        {
            let client = connect(&o.dsn).await?;
            client.simple_query("select 1").await?;
        }
        tokio::task::yield_now().await; // the task of the connection sees that the client is gone, and closes
        if !m.borrow_mut().done(began, 1) {
            return Ok("connect");
        }
    }
}
