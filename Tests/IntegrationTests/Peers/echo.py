"""An HTTP/1.1 server that sends each body back, chunked or not as it came. Environment: LISTEN (host:port)."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        chunked = self.headers.get("Transfer-Encoding") == "chunked"
        body = self.chunks() if chunked else self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), 10_000):
                piece = body[start : start + 10_000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        return body

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass


if __name__ == "__main__":
    host, _, port = os.environ["LISTEN"].rpartition(":")
    ThreadingHTTPServer((host, int(port)), Echo).serve_forever()
