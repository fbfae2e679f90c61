"""What the shop's HTTP programs share: a small JSON server on the standard library."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
Route = Callable[[str, str, bytes], Answer]


def address(text: str) -> tuple[str, int]:
    """Splits `host:port`."""
    host, _, port = text.rpartition(":")
    return host, int(port)


def serve(listen: str, route: Route) -> None:
    """Answers HTTP/1.1 requests with what `route(method, path, body)` says, until SIGTERM."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Small answers on connections that stay open: without this, each waits for a delayed acknowledgement.
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, value = route(self.command, self.path, body)
            except Exception as problem:  # noqa: BLE001 - the caller gets a status, the log gets the reason
                self.log_error("%s %s: %s", self.command, self.path, problem)
                status, value = 502, {"error": type(problem).__name__}
            content = json.dumps(value).encode() + b"\n"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(address(listen), Handler)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()
