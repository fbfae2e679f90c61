"""Requests without a pause, on connections that stay open, until SIGTERM; prints how many there were and what failed.

Argument: host:port.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import threading

ending = threading.Event()
lock = threading.Lock()
failures: list[str] = []
requests = 0
reconnects = 0


def ask(host: str, port: int) -> None:
    global requests, reconnects
    connection = http.client.HTTPConnection(host, port, timeout=20)
    first = None
    while not ending.wait(0.005):
        try:
            connection.request("GET", "/orders/1", headers={"Host": "orders.shop"})
            answer = connection.getresponse()
            body = answer.read()
            problem = None if answer.status == 200 else f"{answer.status} {body[:200]!r}"
        except (OSError, http.client.HTTPException) as error:
            problem = repr(error)
            connection.close()
        with lock:
            requests += 1
            if problem is not None:
                failures.append(problem)
            if first is not None and connection.sock is not first:
                reconnects += 1
        first = connection.sock
    connection.close()


def main() -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ending.set())
    host, _, port = sys.argv[1].rpartition(":")
    threads = [threading.Thread(target=ask, args=(host, int(port))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"requests": requests, "failures": failures[:5], "failed": len(failures), "reconnects": reconnects}))


if __name__ == "__main__":
    main()
