"""Talks to redis through the mesh; prints what came of it. Argument: host:port."""

from __future__ import annotations

import json
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
    print(json.dumps({"pong": pong, "large": same}))


if __name__ == "__main__":
    main()
