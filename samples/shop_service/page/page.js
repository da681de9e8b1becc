// Asks /status each second, and follows the orders by /events. Everything from the server goes into text, never into HTML.
"use strict";

const most_orders = 12;
const status_limit = 4000; // milliseconds, for an answer of /status

const by_id = (id) => document.getElementById(id);
const say = (id, text) => { by_id(id).textContent = text; };

function element(name, class_name, text) {
    const made = document.createElement(name);
    made.className = class_name;
    made.textContent = text;
    return made;
}

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const whole = (n) => number.format(n);
const milliseconds = (n) => n === 0 ? "–" : n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : whole(n);
const money = (cents) => (cents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const time_of_day = (when) => new Date(when).toLocaleTimeString("en-GB");

function duration(seconds) {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}

// The state of everything, in one line; a notice only if something is wrong.

function show_state(state, text, notice) {
    const line = by_id("state");
    if (line.dataset.state !== state) {
        line.dataset.state = state;
        say("state-text", text);
    }
    by_id("notice").hidden = !notice;
    if (by_id("notice").textContent !== notice) say("notice", notice);
    document.body.classList.toggle("stale", state === "service");
}

function show_database(status) {
    if (status.stopping) {
        show_state("stopping", "Stopping", "");
    } else if (status.database.serving) {
        show_state("well", "Running", "");
    } else {
        show_state("database", "Database gone",
                   `The database does not answer. Requests get 503 until it is back. ${status.database.problem}`);
    }
}

// Figures.

function draw_chart(history) {
    const width = 600, height = 96;
    const top = Math.max(1, ...history);
    const step = width / (history.length - 1);
    const points = history.map((n, i) => `${(i * step).toFixed(1)},${(height - 2 - n / top * (height - 6)).toFixed(1)}`);
    const line = `M${points.join("L")}`;
    by_id("chart-line").setAttribute("d", line);
    by_id("chart-area").setAttribute("d", `${line}L${width},${height}L0,${height}Z`);
    say("chart-top", `peak ${whole(Math.max(...history))}`);
}

function draw_pool(pool) {
    say("in-use", whole(pool.in_use));
    say("idle", whole(pool.idle));
    say("waiting", whole(pool.waiting));
    say("most", whole(pool.max));
    by_id("waiting").classList.toggle("bad", pool.waiting > 0);
    by_id("bar-used").style.width = `${100 * pool.in_use / pool.max}%`;
    by_id("bar-idle").style.width = `${100 * pool.idle / pool.max}%`;
    by_id("pool-bar").setAttribute("aria-label", `${pool.in_use} of ${pool.max} connections in use, ${pool.idle} idle`);
}

function show_figures(status) {
    const traffic = status.traffic;
    say("rate", whole(traffic.per_second));
    say("p50", milliseconds(traffic.p50_milliseconds));
    say("p99", milliseconds(traffic.p99_milliseconds));
    say("requests", whole(traffic.requests));
    say("failures", whole(traffic.failures));
    by_id("failures").classList.toggle("bad", traffic.failures > 0);
    say("connections", whole(status.connections));
    say("uptime", duration(status.uptime_seconds));
    draw_chart(traffic.history);
    draw_pool(status.pool);
}

// Lists. They are made anew only if something has changed, so that what a user has opened or selected stays.

const shown = {};

function show_list(id, items, make) {
    const text = JSON.stringify(items);
    if (shown[id] === text) return;
    shown[id] = text;
    by_id(id).replaceChildren(...items.map(make));
    by_id(`no-${id}`).hidden = items.length > 0;
}

function slow_entry(statement) {
    const entry = document.createElement("li");
    const head = element("div", "head", "");
    head.append(element("span", "title", statement.name),
                element("span", "amount", `${milliseconds(statement.milliseconds)} ms`));
    entry.append(head, element("code", "", statement.sql));
    if (statement.plan) {
        const plan = document.createElement("details");
        plan.append(element("summary", "", "Plan"), element("pre", "", statement.plan));
        plan.lastChild.tabIndex = 0; // it can be wider than the page: the keyboard must be able to scroll it
        entry.append(plan);
    }
    return entry;
}

function error_entry(error) {
    const entry = document.createElement("li");
    const head = element("div", "head", "");
    head.append(element("span", "title", error.route), element("span", "amount bad", String(error.status)));
    entry.append(head, element("div", "detail", `${time_of_day(error.at)} · ${error.what}`));
    return entry;
}

// Orders: loaded when the events begin and after a gap, and one by one in between.

const orders = new Map();

function show_orders(fresh) {
    const newest = [...orders.values()].sort((a, b) => b.id - a.id).slice(0, most_orders);
    orders.clear();
    newest.forEach((o) => orders.set(o.id, o));
    by_id("orders").replaceChildren(...newest.map((order) => {
        const entry = element("li", order.id === fresh ? "fresh" : "", "");
        entry.dataset.order = order.id;
        entry.append(element("span", "title", `${order.quantity} × ${order.product_name}`),
                     element("span", "amount", money(order.total_cents)),
                     element("span", "detail", `#${order.id} for ${order.customer}`),
                     element("span", "detail right", time_of_day(order.ordered_at)));
        return entry;
    }));
    by_id("no-orders").hidden = newest.length > 0;
}

let next_try; // to load the orders

async function load_orders() {
    clearTimeout(next_try);
    try {
        const answer = await fetch(`orders?limit=${most_orders}`);
        if (answer.ok) {
            (await answer.json()).items.forEach((o) => orders.set(o.id, o));
            show_orders();
            return;
        }
    } catch (error) {
        // The service is gone.
    }
    clearTimeout(next_try);
    next_try = setTimeout(load_orders, 1000);
}

function show_feed(is_live) {
    say("feed", is_live ? "live" : "interrupted");
    by_id("feed").classList.toggle("off", !is_live);
}

// Only while the page is shown: a browser has six connections to a service, for all its tabs.

let events = null;

function follow_orders() {
    events?.close();
    events = null;
    if (document.hidden) return;
    events = new EventSource("events");
    events.onopen = () => { show_feed(true); load_orders(); };
    events.addEventListener("order", (e) => {
        const order = JSON.parse(e.data);
        orders.set(order.id, order);
        show_orders(order.id);
    });
    events.addEventListener("gap", load_orders);
    events.onerror = () => {
        show_feed(false);
        if (events?.readyState === EventSource.CLOSED) setTimeout(follow_orders, 1000); // refused: the browser gives up
    };
}

async function refresh() {
    try {
        const answer = await fetch("status", { signal: AbortSignal.timeout(status_limit), cache: "no-store" });
        const status = await answer.json();
        show_figures(status);
        show_list("slow", status.slow, slow_entry);
        show_list("errors", status.errors, error_entry);
        show_database(status);
    } catch (error) {
        show_state("service", "Service gone", "The service does not answer. These figures are old; this page goes on asking.");
    }
    setTimeout(refresh, 1000);
}

document.addEventListener("visibilitychange", follow_orders);
refresh();
follow_orders();
