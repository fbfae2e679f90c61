"""Half-closed connections. With LISTEN (host:port) set: counts what comes until the end, then says how much.

With an argument (host:port): sends a million bytes, ends its half, and prints what the server then said.
"""

from __future__ import annotations

import json
import os
import socket
import sys

SIZE = 1_000_000


def count(connection: socket.socket) -> int:
    total = 0
    while chunk := connection.recv(65536):
        total += len(chunk)
    return total


def serve(listen: str) -> None:
    host, _, port = listen.rpartition(":")
    with socket.create_server((host, int(port))) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"%d" % count(connection))


def main() -> None:
    if "LISTEN" in os.environ:
        serve(os.environ["LISTEN"])
    host, _, port = sys.argv[1].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"x" * SIZE)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    print(json.dumps({"sent": SIZE, "counted": int(answer or b"0")}))


if __name__ == "__main__":
    main()
