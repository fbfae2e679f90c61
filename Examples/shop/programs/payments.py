"""Takes the money over gRPC and writes each charge to the ledger.

Environment: LISTEN (host:port), LEDGER (host:port).
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import payments_api
from redis_lines import Redis
from service import address

messages = payments_api.messages


class Payments(payments_api.services.PaymentsServicer):
    def __init__(self, ledger: tuple[str, int]) -> None:
        self.ledger = ledger

    def Charge(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.cents <= 0:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a charge is more than nothing")
        receipt = messages.Receipt(id=uuid.uuid4().hex, order=request.order, cents=request.cents)
        with Redis(self.ledger) as ledger:
            receipt.entries = ledger.call("RPUSH", "charges", f"{receipt.id} {receipt.order} {receipt.cents}")
        return receipt

    def Refund(self, request: Any, context: grpc.ServicerContext) -> Any:
        return messages.Receipt(id=request.receipt, cents=-1)

    def Watch(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        for number in range(min(request.count, 10_000)):
            yield messages.Receipt(id=str(number))

    def Reconcile(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        for number, request in enumerate(requests):
            yield messages.Receipt(id=str(number), order=request.order, cents=request.cents)


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    payments_api.services.add_PaymentsServicer_to_server(Payments(address(os.environ["LEDGER"])), server)
    if server.add_insecure_port(os.environ["LISTEN"]) == 0:
        raise SystemExit(f"cannot listen on {os.environ['LISTEN']}")
    signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=1))
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
