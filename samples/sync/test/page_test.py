#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The page of pgcoro-sync in a real browser: page_test.cpp runs this, and does what this asks it to.

usage: page_test.py CHROMIUM ADDRESS FOLDER_FOR_SCREENSHOTS DSN_WITH_PASSWORD
"""
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "shop_service" / "test"))
from browser import Browser  # noqa: E402


def ask(what):
    """Has page_test.cpp do something, and waits until it is done."""
    print(what, flush=True)
    sys.stdin.readline()


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def field(target, name):
    return f"document.querySelector('[data-target=\"{target}\"] [data-field=\"{name}\"]')?.textContent"


def reason(target):
    return f"document.querySelector('[data-target=\"{target}\"] .reason')?.textContent"


def tag(target):
    return f"document.querySelector('[data-target=\"{target}\"] .tag')?.textContent"


def picture(browser, folder, name, width, height, is_phone, scheme):
    browser.use(width, height, is_phone, scheme)
    check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than the screen")
    browser.take_picture(folder / f"{name}.png")


def pictures_of(browser, folder, name):
    for scheme in ("light", "dark"):
        picture(browser, folder, f"{name}-desktop-{scheme}", 1280, 800, False, scheme)
        picture(browser, folder, f"{name}-phone-{scheme}", 390, 844, True, scheme)


def can_be_used_by_keyboard(browser):
    browser.press("Tab", 9)
    check(browser.evaluate("document.activeElement.className") == "skip", "the first stop is the skip link")
    browser.press("Enter", 13)
    browser.wait_for("document.activeElement.id === 'main'")
    browser.press("Tab", 9)
    check(browser.evaluate("document.activeElement.getAttribute('href')") == "status", "the link is a stop")


def refuses(address, path, method, code):
    try:
        urllib.request.urlopen(urllib.request.Request(address + path, method=method), timeout=60)
        check(False, f"{method} {path} is answered")
    except urllib.error.HTTPError as refused:
        check(refused.code == code, f"{method} {path}: {refused.code}")


def run(browser, address, folder, password):
    browser.use(1280, 800, False, "light")
    browser.open(address)
    browser.wait_for("document.getElementById('state').dataset.state === 'well'")
    ask("write")
    for target in ("east", "west"):
        browser.wait_for(f"{field(target, 'changes')} === '1,234'")
        browser.wait_for(f"{tag(target)} === 'following'")
    names = browser.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
    check(names and all(n.startswith(address) for n in names), names)
    can_be_used_by_keyboard(browser)
    pictures_of(browser, folder, "well")

    ask("break-line")
    browser.wait_for(f"{tag('west')} === 'waiting' && {tag('east')} === 'following'")
    browser.wait_for("document.getElementById('notice').textContent === 'Not served: west'")
    browser.wait_for(reason("west"))
    ask("mend-line")
    browser.wait_for(f"{tag('west')} === 'following' && document.getElementById('notice').hidden")
    browser.wait_for(f"{field('west', 'last_error')}")

    ask("make-conflict")
    browser.wait_for(f"{tag('west')} === 'stopped' && {reason('west')}.includes('(id = 5000)')")
    browser.wait_for(f"{field('east', 'changes')} === '1,235'")
    pictures_of(browser, folder, "stopped")
    text = browser.evaluate("document.documentElement.outerHTML")
    with urllib.request.urlopen(address + "status", timeout=60) as answer:
        status = answer.read().decode()
    check([t["state"] for t in json.loads(status)["targets"]] == ["following", "stopped"], status)
    check(password not in text and password not in status, "the password is in the page")
    refuses(address, "nothing", "GET", 404)
    refuses(address, "", "POST", 405)

    ask("stop-program")
    browser.wait_for("document.getElementById('state-text').textContent === 'Program gone'")
    check(not browser.exceptions, browser.exceptions)


def main():
    program, address, folder, dsn = sys.argv[1:]
    password = re.search(r"password='?([^' ]+)", dsn)[1]
    pictures = pathlib.Path(folder)
    pictures.mkdir(parents=True, exist_ok=True)
    browser = Browser(program)
    try:
        run(browser, address, pictures, password)
    finally:
        browser.close()
    print(f"screenshots are in {pictures}", flush=True)


main()
