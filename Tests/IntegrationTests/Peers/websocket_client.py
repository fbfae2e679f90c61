"""Talks to the echo server through the mesh; prints what came back. Arguments: host:port, allowed path, denied path."""

from __future__ import annotations

import json
import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


def main() -> None:
    address, allowed, denied = sys.argv[1:]
    with connect(f"ws://{address}{allowed}", open_timeout=20, max_size=None) as connection:
        echoed = []
        for message in ("hello", "x" * 300_000, b"\x00\x01" * 1000):
            connection.send(message)
            echoed.append(connection.recv(timeout=20) == message)
    try:
        connect(f"ws://{address}{denied}", open_timeout=20).close()
        status = 101
    except InvalidStatus as refusal:
        status = refusal.response.status_code
    print(json.dumps({"echoed": echoed, "denied": status}))


if __name__ == "__main__":
    main()
