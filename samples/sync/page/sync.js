// Shows the state that comes by /events. Everything from the program goes into text, never into HTML.
"use strict";

const silence_limit = 5000; // milliseconds: the state comes each second

const by_id = (id) => document.getElementById(id);
const say = (id, text) => { if (by_id(id).textContent !== text) by_id(id).textContent = text; };

function element(name, class_name, text) {
    const made = document.createElement(name);
    made.className = class_name;
    made.textContent = text;
    return made;
}

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const whole = (n) => number.format(n);

function bytes(n) {
    if (n === null) return "none";
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    for (; n >= 1000 && unit + 1 < units.length; ++unit) n /= 1000;
    return `${unit === 0 ? n : n.toFixed(1)} ${units[unit]}`;
}

function duration(seconds) {
    if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}

function pair(list, title, value, field) {
    const row = document.createElement("div");
    const data = element("dd", "", value);
    data.dataset.field = field;
    row.append(element("dt", "", title), data);
    list.append(row);
    return row;
}

function card_of(target) {
    const card = element("article", "card", "");
    card.dataset.target = target.name;
    const head = element("div", "head", "");
    const tag = element("span", "tag", target.state);
    tag.dataset.state = target.state;
    head.append(element("h2", "", target.name), tag);
    card.append(head);
    if (target.reason) card.append(element("p", "reason", target.reason));
    if (target.state === "copying") {
        const bar = document.createElement("progress");
        bar.max = Math.max(1, target.tables);
        bar.value = target.copied_tables;
        bar.setAttribute("aria-label", `Tables copied to ${target.name}`);
        card.append(bar, element("p", "reason",
            `${whole(target.copied_tables)} of ${whole(target.tables)} tables, ${whole(target.copied_rows)} rows`));
    }
    const figures = element("dl", "pairs", "");
    pair(figures, "Behind", bytes(target.lag_bytes), "lag_bytes");
    pair(figures, "Behind by", duration(target.lag_seconds), "lag_seconds");
    pair(figures, "Log retained", bytes(target.retained_bytes), "retained_bytes");
    pair(figures, "Changes per second", whole(target.changes_per_second), "changes_per_second");
    const counts = element("dl", "rows", "");
    pair(counts, "Transactions", whole(target.transactions), "transactions");
    pair(counts, "Changes", whole(target.changes), "changes");
    pair(counts, "Conflicts", whole(target.conflicts), "conflicts");
    pair(counts, "Position", target.position, "position");
    if (target.last_error && target.last_error !== target.reason) {
        const when = new Date(target.last_error_at).toLocaleTimeString("en-GB");
        pair(counts, `Last error, ${when}`, target.last_error, "last_error").className = "long";
    }
    card.append(figures, counts);
    return card;
}

function show_state(state, text, notice) {
    by_id("state").dataset.state = state;
    say("state-text", text);
    say("notice", notice);
    by_id("notice").hidden = !notice;
    document.body.classList.toggle("stale", state === "gone");
}

let shown = "";

function show(text) {
    if (text === shown) return; // what a user has selected stays
    shown = text;
    const state = JSON.parse(text);
    if (!state.targets) return;
    say("name", state.name);
    by_id("targets").replaceChildren(...state.targets.map(card_of));
    const bad = state.targets.filter((t) => t.state === "stopped" || t.state === "waiting");
    if (bad.length === 0) {
        show_state("well", "All targets are served", "");
    } else {
        const names = bad.map((t) => t.name).join(", ");
        show_state("trouble", `${bad.length} of ${state.targets.length} targets not served`, `Not served: ${names}`);
    }
}

let silence = 0;

function gone() {
    shown = "";
    show_state("gone", "Program gone", "The program does not answer. These figures are old; this page goes on asking.");
}

function follow() {
    const events = new EventSource("events");
    events.addEventListener("state", (e) => {
        clearTimeout(silence);
        silence = setTimeout(gone, silence_limit);
        show(e.data);
    });
    events.onerror = () => {
        gone();
        if (events.readyState === EventSource.CLOSED) setTimeout(follow, 1000); // refused: the browser gives up
    };
}

follow();
