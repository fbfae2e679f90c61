"""The shop's front: passes what customers ask for on to `orders`.

Environment: LISTEN (host:port), ORDERS (host:port).
"""

from __future__ import annotations

import http.client
import json
import os

from service import Answer, address, serve

ORDERS = address(os.environ["ORDERS"])


def route(method: str, path: str, body: bytes) -> Answer:
    if path in ("/live", "/ready"):
        return 200, {"ok": True}
    if path == "/":
        return 200, {"shop": "open", "try": ["GET /orders", "GET /orders/1", "POST /orders"]}
    return ask_orders(method, path, body)


def ask_orders(method: str, path: str, body: bytes) -> Answer:
    """One call, one connection: enough for a shop window."""
    connection = http.client.HTTPConnection(*ORDERS, timeout=10)
    try:
        connection.request(method, path, body or None, {"Host": "orders.shop", "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


if __name__ == "__main__":
    serve(os.environ["LISTEN"], route)
