"""Two redis connections and one half-closed one through the mesh; prints what came of it. Argument: host:port."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "Examples/shop/programs"))
from redis_lines import Redis  # noqa: E402


def main() -> None:
    host, _, port = sys.argv[1].rpartition(":")
    address = (host, int(port))
    large = "x" * 2_000_000
    with Redis(address, timeout=30) as redis:
        pong = redis.call("PING")
        redis.call("SET", "large", large)
        same = redis.call("GET", "large") == large
    with socket.create_connection(address, timeout=30) as half:
        half.sendall(b"PING\r\n" * 1000)
        half.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := half.recv(65536):
            answer += chunk
    print(json.dumps({"pong": pong, "large": same, "afterHalfClose": answer.count(b"+PONG\r\n")}))


if __name__ == "__main__":
    main()
