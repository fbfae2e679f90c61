"""Latency and throughput of the shop's order book, asked directly and through the mesh.

    .venv/bin/python scripts/bench.py [--build .build/release] [--seconds 10] [--connections 8]

The client and the program behind are Python, and both proxies share the machine with them: the numbers say what the
mesh adds here, not what it can carry.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Examples/shop/demo"))
from shop import Shop  # noqa: E402
from stage import Stage, Trouble  # noqa: E402

Address = tuple[str, int]


def measure(address: Address, seconds: float, connections: int) -> list[float]:
    """The latencies, in seconds, of as many requests as fit; throws when one fails."""
    latencies: list[float] = []
    failures: list[str] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(*address, timeout=15)
        while time.monotonic() < end and not failures:
            start = time.monotonic()
            connection.request("GET", "/orders/1", headers={"Host": "orders.shop"})
            answer = connection.getresponse()
            answer.read()
            latencies.append(time.monotonic() - start)
            if answer.status != 200:
                failures.append(f"answered {answer.status}")
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures or not latencies:
        raise Trouble(failures[0] if failures else "no answer")
    return sorted(latencies)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, default=ROOT / ".build/release")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    stage = Stage(options.build.resolve())
    try:
        shop = Shop(stage, svid_ttl="1h")
        print(f"{'':12} {'req/s':>8} {'median':>9} {'p99':>9}   {options.connections} connections")
        for name, address in (("direct", shop.programs["orders"]), ("mesh", shop.as_web_to_orders)):
            measure(address, 1, options.connections)
            taken = measure(address, options.seconds, options.connections)
            median, p99 = statistics.median(taken) * 1000, taken[int(len(taken) * 0.99)] * 1000
            print(f"{name:12} {len(taken) / options.seconds:8.0f} {median:6.2f} ms {p99:6.2f} ms")
        return 0
    except Trouble as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    finally:
        stage.close()


if __name__ == "__main__":
    sys.exit(main())
