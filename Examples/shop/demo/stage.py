"""The processes of the demo: started in a directory of their own, ended by their ids."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")

SHOP = Path(__file__).resolve().parent.parent
ROOT = SHOP.parent.parent
PROGRAMS = SHOP / "programs"


class Trouble(Exception):
    """Something without which the story cannot go on."""


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what: str, ask: Callable[[], Value | None], seconds: float = 30) -> Value:
    """Asks until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.05)
    raise Trouble(f"waited {seconds:.0f} s in vain for {what}")


class Child:
    """A process with its output in a file."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                words,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own, so that Ctrl-C reaches the demo alone, which then ends its children in order.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, patience: float = 15) -> None:
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stage:
    """A directory with a copy of the manifests, and everything that runs."""

    def __init__(self, build: Path) -> None:
        self.nullius = build / "nullius"
        if not self.nullius.exists():
            raise Trouble(f"{self.nullius} is not built; run `make build`")
        self.directory = Path(tempfile.mkdtemp(prefix="nullius-demo-"))
        self.manifests = self.directory / "shop"
        self.data = self.directory / "data"
        self.logs = self.directory / "logs"
        self.manifests.mkdir()
        self.logs.mkdir()
        for manifest in SHOP.glob("*.yaml"):
            shutil.copy(manifest, self.manifests)
        self.children: list[Child] = []

    def start(self, name: str, words: list[str], **environment: str) -> Child:
        child = Child(name, words, {"NULLIUS_DATA": str(self.data), **environment}, self.logs / f"{name}.log")
        self.children.append(child)
        return child

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs one `nullius` command against this mesh."""
        return subprocess.run(
            [str(self.nullius), *words],
            env={**os.environ, "NULLIUS_DATA": str(self.data)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def check_alive(self) -> None:
        for child in self.children:
            if not child.alive:
                tail = "\n".join(child.output().splitlines()[-15:])
                raise Trouble(f"{child.name} ended with {child.process.returncode}:\n{tail}")

    def close(self) -> None:
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def python() -> str:
    return sys.executable
