"""The messages and stubs of payments.proto, made when the program starts, so nothing generated is checked in."""

from __future__ import annotations

import os
import sys
from typing import Any

import grpc

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
messages, services = grpc.protos_and_services("payments.proto")


def stub(channel: grpc.Channel) -> Any:
    return services.PaymentsStub(channel)
