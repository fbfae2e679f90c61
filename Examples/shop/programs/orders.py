"""The order book: `GET /orders`, `GET /orders/{id}`, `POST /orders`, and an `/admin` page best kept shut.

Environment: LISTEN (host:port), PAYMENTS (host:port).
"""

from __future__ import annotations

import itertools
import json
import os
import threading

import grpc
import payments_api
from service import Answer, serve

book: dict[str, dict[str, object]] = {
    "1": {"id": "1", "item": "a copy of Micrographia", "cents": 3000},
    "2": {"id": "2", "item": "an air pump", "cents": 120000},
}
numbers = itertools.count(3)
lock = threading.Lock()
payments = payments_api.stub(grpc.insecure_channel(os.environ["PAYMENTS"]))


def route(method: str, path: str, body: bytes) -> Answer:
    path = path.partition("?")[0]
    if path in ("/live", "/ready"):
        return 200, {"ok": True}
    if path.startswith("/admin"):
        return 200, {"secret": "every order of every customer"}
    if path == "/orders":
        return place(json.loads(body)) if method == "POST" else (200, list(book.values()))
    order = book.get(path.removeprefix("/orders/"))
    if order is None:
        return 404, {"error": "no such order"}
    if method == "DELETE":
        return 200, book.pop(str(order["id"]))
    return 200, order


def place(order: dict[str, object]) -> Answer:
    """Charges first; what was not paid for is not ordered."""
    cents = int(str(order.get("cents", 0)))
    with lock:
        number = str(next(numbers))
    receipt = payments.Charge(payments_api.messages.ChargeRequest(order=number, cents=cents), timeout=10)
    entry = {"id": number, "item": order.get("item"), "cents": cents, "receipt": receipt.id}
    with lock:
        book[number] = entry
    return 201, entry


if __name__ == "__main__":
    serve(os.environ["LISTEN"], route)
