// SPDX-License-Identifier: BSL-1.0
// The command line of a client, the measurement and its line of JSON: as in ../../cpp/client.hpp.
use std::error::Error;
use std::time::{Duration, Instant};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

const KEPT_LATENCIES: usize = 100_000;

pub struct Options {
    pub workload: String,
    pub dsn: String,
    pub warmup: f64,
    pub seconds: f64,
    pub count: i64,
}

impl Options {
    pub fn parse() -> Outcome<Options> {
        let arguments: Vec<String> = std::env::args().collect();
        let workload = arguments.get(1).ok_or("which workload?")?.clone();
        let mut options = Options { workload, dsn: String::new(), warmup: 0.3, seconds: 2.0, count: 0 };
        for pair in arguments[2..].chunks(2) {
            let value = pair.get(1).ok_or("an option without a value")?;
            match pair[0].as_str() {
                "--dsn" => options.dsn = value.clone(),
                "--warmup" => options.warmup = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--count" => options.count = value.parse()?,
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(options)
    }
}

#[derive(PartialEq)]
enum Phase {
    WarmingUp,
    Measuring,
    Over,
}

/// The measured part of a run. Keeps the latest latencies.
pub struct Measurement {
    phase: Phase,
    warmup: Duration,
    seconds: Duration,
    count: i64,
    began: Instant,
    elapsed: Duration,
    user_us: f64,
    system_us: f64,
    operations: i64,
    latencies: usize,
    latest_us: Vec<f32>,
}

impl Measurement {
    pub fn new(o: &Options) -> Measurement {
        Measurement {
            phase: Phase::WarmingUp,
            warmup: Duration::from_secs_f64(o.warmup),
            seconds: Duration::from_secs_f64(o.seconds),
            count: o.count,
            began: Instant::now(),
            elapsed: Duration::ZERO,
            user_us: 0.0,
            system_us: 0.0,
            operations: 0,
            latencies: 0,
            latest_us: Vec::with_capacity(KEPT_LATENCIES),
        }
    }

    pub fn begin(&mut self) {
        self.phase = Phase::Measuring;
        self.operations = 0;
        self.latencies = 0;
        self.latest_us.clear();
        (self.user_us, self.system_us) = cpu_us();
        self.began = Instant::now();
    }

    pub fn end(&mut self, operations: i64) {
        self.elapsed = self.began.elapsed();
        let (user, system) = cpu_us();
        self.user_us = user - self.user_us;
        self.system_us = system - self.system_us;
        self.operations = operations;
        self.phase = Phase::Over;
    }

    /// An operation that began at `began` has completed, or a batch of some. Gives whether to go on.
    pub fn done(&mut self, began: Instant, operations: i64) -> bool {
        let now = Instant::now();
        if self.phase == Phase::Over {
            return false;
        }
        if self.phase == Phase::WarmingUp {
            if self.count == 0 && now - self.began < self.warmup {
                return true;
            }
            self.begin();
            if self.count == 0 {
                return true;
            }
        }
        let us = (now - began).as_nanos() as f32 / 1e3;
        if self.latencies < KEPT_LATENCIES {
            self.latest_us.push(us);
        } else {
            self.latest_us[self.latencies % KEPT_LATENCIES] = us;
        }
        self.latencies += 1;
        self.operations += operations;
        let over = if self.count != 0 { self.latencies as i64 >= self.count } else { now - self.began >= self.seconds };
        if over {
            self.end(self.operations);
        }
        !over
    }

    pub fn print(&mut self, how: &str) {
        self.latest_us.sort_by(f32::total_cmp);
        let quantile = |q: f64| match self.latest_us.len() {
            0 => 0.0,
            n => self.latest_us[(q * (n - 1) as f64) as usize],
        };
        println!(
            "{{\"how\": \"{}\", \"operations\": {}, \"seconds\": {:.6}, \"user_us\": {:.0}, \"system_us\": {:.0}, \
             \"p50_us\": {:.3}, \"p99_us\": {:.3}, \"peak_kib\": {}}}",
            how,
            self.operations,
            self.elapsed.as_secs_f64(),
            self.user_us,
            self.system_us,
            quantile(0.5),
            quantile(0.99),
            peak_kib()
        );
    }
}

fn cpu_us() -> (f64, f64) {
    let us = |t: libc::timeval| t.tv_sec as f64 * 1e6 + t.tv_usec as f64;
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        (us(usage.ru_utime), us(usage.ru_stime))
    }
}

fn peak_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
