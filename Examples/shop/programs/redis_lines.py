"""As much of redis' protocol (RESP2) as the shop needs."""

from __future__ import annotations

import socket
from typing import Any


class Redis:
    """One connection; `call` sends a command and reads its answer."""

    def __init__(self, address: tuple[str, int], timeout: float = 10) -> None:
        self.socket = socket.create_connection(address, timeout=timeout)
        self.reader = self.socket.makefile("rb")

    def __enter__(self) -> Redis:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.reader.close()
        self.socket.close()

    def call(self, *words: str) -> Any:
        parts = [word.encode() for word in words]
        frame = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(frame)
        return self.answer()

    def answer(self) -> Any:
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection was closed")
        kind, text = line[:1], line[1:-2].decode()
        match kind:
            case b"+":
                return text
            case b":":
                return int(text)
            case b"$":
                return None if text == "-1" else self.reader.read(int(text) + 2)[:-2].decode()
            case b"*":
                return [self.answer() for _ in range(int(text))]
            case _:
                raise RuntimeError(text)
