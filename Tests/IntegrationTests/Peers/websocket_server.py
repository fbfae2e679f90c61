"""A WebSocket echo server. Environment: LISTEN (host:port)."""

from __future__ import annotations

import os

from websockets.sync.server import ServerConnection, serve


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


if __name__ == "__main__":
    host, _, port = os.environ["LISTEN"].rpartition(":")
    with serve(echo, host, int(port)) as server:
        server.serve_forever()
