#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The page of shop_service in a real browser: page_test.cpp runs this, and stops and starts what this asks it to.

usage: page_test.py CHROMIUM ADDRESS FOLDER_FOR_SCREENSHOTS
"""
import json
import pathlib
import sys
import urllib.error
import urllib.request

from browser import Browser

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


def ask(what):
    """Has page_test.cpp do something, and waits until it is done."""
    print(what, flush=True)
    sys.stdin.readline()


class Service:
    def __init__(self, address):
        self.address = address

    def get(self, path, **headers):
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def post(self, path, **body):
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def status(self):
        return json.loads(self.get("/status")[1])


def shown(browser, name):
    return browser.evaluate(f"document.getElementById('{name}').textContent")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def shows_the_numbers_of_the_server(browser, service):
    browser.wait_for("document.getElementById('state').dataset.state === 'well'")
    for _ in range(30):
        service.get("/db")
    before = service.status()
    number = "Number(document.getElementById('requests').textContent.replaceAll(',', ''))"
    browser.wait_for(f"{number} >= {before['traffic']['requests']}")
    requests = browser.evaluate(number)
    after = service.status()
    check(before["traffic"]["requests"] <= requests <= after["traffic"]["requests"], f"{requests} requests")
    check(shown(browser, "most") == str(after["pool"]["max"]), "pool")
    browser.wait_for("['p50', 'p99'].every((id) => parseFloat(document.getElementById(id).textContent) > 0)")
    browser.wait_for("Number(document.getElementById('rate').textContent) > 0")
    check(browser.evaluate("document.getElementById('chart-line').getAttribute('d')").count(",") == 60, "chart")


def shows_orders_as_they_come(browser, service, number, customer):
    order = service.post("/orders", product=1, quantity=number, customer=customer)
    place = f"#orders li[data-order=\"{order['id']}\"]"
    browser.wait_for(f"document.querySelector('{place}')")
    text = browser.evaluate(f"document.querySelector('{place}').textContent")
    check(customer in text and f"{number} × Hex nut M8" in text, text)
    check(browser.evaluate("window.is_first_load"), "the page was loaded again")


def follows_orders_only_while_it_is_shown(browser, service):
    def show(is_shown):
        browser.evaluate(f"Object.defineProperty(document, 'hidden', {{value: {json.dumps(not is_shown)}, configurable: true}});"
                         "document.dispatchEvent(new Event('visibilitychange'))")

    show(False)
    check(browser.evaluate("events === null"), "a hidden page keeps a connection")
    order = service.post("/orders", product=1, quantity=60, customer="while it was hidden")
    show(True)
    browser.wait_for(f"document.querySelector('#orders li[data-order=\"{order['id']}\"]')")


def takes_nothing_for_html(browser):
    check(browser.evaluate("document.querySelectorAll('#orders img').length") == 0, "HTML in data was used")
    check(browser.evaluate("document.title") == "Shop service", "a script in data has run")


def shows_slow_statements(browser, service):
    service.get("/updates?count=500")
    slowest = json.dumps(service.status()["slow"][0]["sql"])
    browser.wait_for(f"[...document.querySelectorAll('#slow code')].some((c) => c.textContent === {slowest})")
    browser.wait_for("[...document.querySelectorAll('#slow pre')].some((p) => p.textContent.includes('cost='))")


def can_be_used_by_keyboard(browser):
    browser.press("Tab", 9)
    check(browser.evaluate("document.activeElement.className") == "skip", "the first stop is the skip link")
    browser.press("Enter", 13)
    browser.wait_for("document.activeElement.id === 'main'")
    stops = []
    for _ in range(30):
        browser.press("Tab", 9)
        stops.append(browser.evaluate("document.activeElement.textContent"))
    check("Metrics" in stops, stops)


def needs_nothing_from_outside(browser, service):
    names = browser.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
    check(names and all(n.startswith(service.address) for n in names), names)


def says_when_the_database_is_gone(browser, service, pictures):
    ask("stop-database")
    browser.wait_for("document.getElementById('state').dataset.state === 'database' && !document.getElementById('notice').hidden")
    status, _ = service.get("/products", **{"Request-Timeout": "1"})
    check(status == 503, status)
    browser.wait_for("document.querySelectorAll('#errors li').length > 0")
    check("GET /products" in shown(browser, "errors"), shown(browser, "errors"))
    picture(browser, pictures, "database-gone", 1280, 900, False, "light")
    ask("start-database")
    browser.wait_for("document.getElementById('state').dataset.state === 'well' && document.getElementById('notice').hidden")


def says_when_the_service_is_gone(browser, pictures):
    ask("stop-service")
    browser.wait_for("document.getElementById('state-text').textContent === 'Service gone'")
    browser.wait_for("document.getElementById('feed').textContent === 'interrupted'")
    picture(browser, pictures, "service-gone", 390, 844, True, "dark")
    ask("start-service")
    browser.wait_for("document.getElementById('state').dataset.state === 'well'")
    browser.wait_for("document.getElementById('feed').textContent === 'live'")


def picture(browser, folder, name, width, height, is_phone, scheme):
    browser.use(width, height, is_phone, scheme)
    check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than the screen")
    browser.take_picture(folder / f"{name}.png")


def run(browser, service, pictures):
    service.post("/products", name="Hex nut M8", price_cents=12, stock=1_000_000)
    browser.use(1280, 900, False, "light")
    browser.open(service.address + "/")
    browser.evaluate("window.is_first_load = true")
    shows_the_numbers_of_the_server(browser, service)
    for number, customer in enumerate(["Ada", "Grace", HOSTILE, "Barbara", "Edith", "Frances"], 1):
        shows_orders_as_they_come(browser, service, 10 * number, customer)
    follows_orders_only_while_it_is_shown(browser, service)
    takes_nothing_for_html(browser)
    shows_slow_statements(browser, service)
    needs_nothing_from_outside(browser, service)
    can_be_used_by_keyboard(browser)
    for scheme in ("light", "dark"):
        picture(browser, pictures, f"desktop-{scheme}", 1280, 900, False, scheme)
        picture(browser, pictures, f"phone-{scheme}", 390, 844, True, scheme)
    says_when_the_database_is_gone(browser, service, pictures)
    shows_orders_as_they_come(browser, service, 70, "after the database came back")
    says_when_the_service_is_gone(browser, pictures)
    shows_orders_as_they_come(browser, service, 80, "after the service came back")
    check(not browser.exceptions, browser.exceptions)


def main():
    program, address, folder = sys.argv[1:]
    pictures = pathlib.Path(folder)
    pictures.mkdir(parents=True, exist_ok=True)
    browser = Browser(program)
    try:
        run(browser, Service(address), pictures)
    finally:
        browser.close()
    print(f"screenshots are in {pictures}", flush=True)


main()
