"""The mesh and the four workloads of the shop, and the addresses one meets them at."""

from __future__ import annotations

import json
from typing import Any

from stage import PROGRAMS, Child, Stage, free_port, python, wait_until

Address = tuple[str, int]

# Short enough for a certificate to be renewed twice while we watch.
SVID_TTL = "16s"


class Shop:
    """Starts everything; afterwards each attribute is where something listens."""

    def __init__(self, stage: Stage, svid_ttl: str = SVID_TTL) -> None:
        self.stage = stage
        self.up = stage.start(
            "up", [str(stage.nullius), "up", str(stage.manifests), "--data", str(stage.data), "--svid-ttl", svid_ttl]
        )
        wait_until("the control plane", self.control_plane_answers)
        self.as_payments_to_ledger = local()
        self.as_orders_to_payments = local()
        self.as_web_to_orders = local()
        self.workloads: dict[str, Child] = {}

        ledger, payments, orders, web = local(), local(), local(), local()
        self.programs = {"ledger": ledger, "payments": payments, "orders": orders, "web": web}
        self.run(
            "ledger", 6379, ledger, [],
            ["redis-server", "--bind", "127.0.0.1", "--port", str(ledger[1]), "--save", "", "--appendonly", "no"],
        )
        self.run(
            "payments", 50051, payments, [("ledger.shop:6379", self.as_payments_to_ledger)],
            [python(), str(PROGRAMS / "payments.py")],
            LISTEN=text(payments), LEDGER=text(self.as_payments_to_ledger),
        )
        self.run(
            "orders", 8080, orders, [("payments.shop:50051", self.as_orders_to_payments)],
            [python(), str(PROGRAMS / "orders.py")],
            LISTEN=text(orders), PAYMENTS=text(self.as_orders_to_payments),
        )
        self.run(
            "web", 8080, web, [("orders.shop:8080", self.as_web_to_orders)],
            [python(), str(PROGRAMS / "web.py")],
            LISTEN=text(web), ORDERS=text(self.as_web_to_orders),
        )
        self.inbound = {name: wait_until(f"{name}'s sidecar", lambda n=name: self.inbound_of(n)) for name in self.workloads}
        for name, program in self.programs.items():
            wait_until(f"the program {name}", lambda a=program: True if listening(a) else None)

    def run(
        self, name: str, port: int, program: Address, upstreams: list[tuple[str, Address]], words: list[str],
        **environment: str,
    ) -> None:
        options = ["--namespace", "shop", "--service-account", name, "--port", f"{port}={text(program)}"]
        options += ["--drain-deadline", "5s"]
        for destination, local_address in upstreams:
            options += ["--upstream", f"{destination}={text(local_address)}"]
        self.workloads[name] = self.stage.start(
            name, [str(self.stage.nullius), "run", *options, "--", *words], **environment
        )

    def control_plane_answers(self) -> bool | None:
        self.stage.check_alive()
        # 1 means that something needs mending, which is an answer too.
        return True if self.stage.ask("status").returncode < 2 else None

    def inbound_of(self, name: str) -> Address | None:
        """Where a workload's sidecar takes connections, as the control plane knows it."""
        self.stage.check_alive()
        answer = self.stage.ask("status", "-o", "json")
        if answer.returncode > 1:
            return None
        for workload in json.loads(answer.stdout)["workloads"]:
            if workload["identity"].endswith(f"/sa/{name}"):
                return next((parse(address) for address in workload["listeners"].values()), None)
        return None

    def record(self, **facts: str) -> dict[str, Any]:
        """The first decision record with those facts, as the proxy that judged wrote it."""

        def look() -> dict[str, Any] | None:
            for file in (self.stage.data / "records").glob("*.jsonl"):
                for line in file.read_text().splitlines():
                    record = json.loads(line)
                    if all(record.get(name) == value for name, value in facts.items()):
                        return record
            return None

        return wait_until(f"the record with {facts}", look, 5)


def local() -> Address:
    return "127.0.0.1", free_port()


def text(address: Address) -> str:
    return f"{address[0]}:{address[1]}"


def parse(address: str) -> Address:
    host, _, port = address.rpartition(":")
    return host, int(port)


def listening(address: Address) -> bool:
    import socket

    try:
        socket.create_connection(address, timeout=1).close()
        return True
    except OSError:
        return False
