#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A few clients of the shop, for a limited time: what the page shows something of.

usage: demo_load.py ADDRESS SECONDS
"""
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

PRODUCTS = ["Hex nut M8", "Washer 8.4", "Threaded rod M10", "Wood screw 4×40", "Wall plug 6 mm", "Spring pin", "Cable tie 200 mm"]
CUSTOMERS = ["Ada", "Barbara", "Edith", "Frances", "Grace", "Jean", "Karen", "Margaret", "Radia"]
CLIENTS = 8
READS = ["/db?via=pool", "/db?via=multiplexer", "/queries?count=10", "/updates?count=10&via=multiplexer", "/products",
         "/orders", "/products/1"]


class Client:
    def __init__(self, address, until):
        self.where = urllib.parse.urlparse(address).netloc
        self.until = until
        self.line = None

    def ask(self, method, path, body=None):
        """Gives the status, or 0 if the service does not answer."""
        try:
            self.line = self.line or http.client.HTTPConnection(self.where, timeout=30)
            self.line.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
            answer = self.line.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.line = None
            return 0

    def browse(self):
        while time.monotonic() < self.until:
            failed = self.ask("GET", random.choice(READS)) in (0, 503)
            time.sleep(1 if failed else random.uniform(0, 0.02))

    def buy(self):
        for number, name in enumerate(PRODUCTS):
            self.ask("POST", "/products", {"name": name, "price_cents": 7 + 13 * number, "stock": 100_000})
        while time.monotonic() < self.until:
            self.ask("POST", "/orders", {"product": random.randint(1, len(PRODUCTS)), "quantity": random.randint(1, 60),
                                         "customer": random.choice(CUSTOMERS)})
            time.sleep(random.uniform(0.5, 2.5))


def main():
    address, seconds = sys.argv[1], float(sys.argv[2])
    until = time.monotonic() + seconds
    work = [Client(address, until).buy] + [Client(address, until).browse for _ in range(CLIENTS)]
    for each in work:
        threading.Thread(target=each, daemon=True).start()
    time.sleep(seconds)


main()
