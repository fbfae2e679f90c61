"""Calls every method of the shop's payments; prints what came of it. Argument: host:port."""

from __future__ import annotations

import json
import queue
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "Examples/shop/programs"))
import payments_api  # noqa: E402

messages = payments_api.messages


def refusal(call: Callable[[], Any]) -> grpc.RpcError:
    try:
        call()
    except grpc.RpcError as problem:
        return problem
    raise SystemExit("this call should not have succeeded")


def interleaved(stub: Any, count: int) -> int:
    """Asks, waits for the answer, asks again, all on one stream."""
    questions: queue.Queue[Any] = queue.Queue()
    answers = stub.Reconcile(iter(questions.get, None), timeout=30)
    answered = 0
    for number in range(count):
        questions.put(messages.ChargeRequest(order=str(number), cents=number))
        receipt = next(answers)
        answered += receipt.order == str(number)
    questions.put(None)
    return answered + len(list(answers))


def late(stub: Any) -> str:
    """A stream that never ends meets its deadline."""
    silence: queue.Queue[Any] = queue.Queue()
    problem = refusal(lambda: list(stub.Reconcile(iter(silence.get, None), timeout=0.5)))
    silence.put(None)
    return problem.code().name


def cancelled(stub: Any) -> str:
    stream = stub.Watch(messages.WatchRequest(count=10_000), timeout=30)
    next(stream)
    stream.cancel()
    return refusal(lambda: list(stream)).code().name


def main() -> None:
    with grpc.insecure_channel(sys.argv[1]) as channel:
        stub = payments_api.stub(channel)
        receipt = stub.Charge(messages.ChargeRequest(order="7", cents=42), timeout=30)
        refund = refusal(lambda: stub.Refund(messages.RefundRequest(receipt="x"), timeout=30))
        invalid = refusal(lambda: stub.Charge(messages.ChargeRequest(order="7", cents=0), timeout=30))
        reconciled = interleaved(stub, 100)
        print(
            json.dumps(
                {
                    "charge": {"cents": receipt.cents, "entries": receipt.entries},
                    "watched": len(list(stub.Watch(messages.WatchRequest(count=1000), timeout=30))),
                    "reconciled": reconciled,
                    "interleaved": reconciled == 100,
                    "refund": refund.code().name,
                    "decision": dict(refund.initial_metadata() or ()).get("nullius-decision", "")
                    or dict(refund.trailing_metadata() or ()).get("nullius-decision", ""),
                    "invalid": invalid.code().name,
                    "cancelled": cancelled(stub),
                    "late": late(stub),
                }
            )
        )


if __name__ == "__main__":
    main()
