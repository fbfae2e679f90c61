"""The eight steps. Each does something real, shows what happened, and says what it expected."""

from __future__ import annotations

import http.client
import os
import statistics
import sys
import threading
import time
from pathlib import Path

import grpc
import outsiders
from outsiders import Answer, one_request, request
from screen import Screen
from shop import Shop, text
from stage import PROGRAMS, Trouble, wait_until

sys.path.insert(0, str(PROGRAMS))
import payments_api  # noqa: E402
from redis_lines import Redis  # noqa: E402


class Story:
    def __init__(self, screen: Screen, shop: Shop) -> None:
        self.screen = screen
        self.shop = shop

    def tell(self) -> None:
        for step in (
            self.allowed,
            self.denied_route,
            self.denied_method,
            self.no_identity,
            self.foreign_certificate,
            self.path_confusion,
            self.policy_change,
            self.rotation_under_load,
        ):
            try:
                step()
            except (Trouble, OSError, http.client.HTTPException, grpc.RpcError, KeyError) as problem:
                self.screen.expect("this step could be told to its end", False, repr(problem))

    def allowed(self) -> None:
        screen = self.screen
        screen.step("An allowed request, with the identities of both ends")
        answer = one_request(self.shop.as_web_to_orders, "GET", "/orders/1")
        screen.say(f"web → orders: GET /orders/1 → {answer.status} {answer.body.strip()}")
        record = self.shop.record(verdict="allow", path="/orders/1")
        source, destination = record["source"]["identity"], record["destination"]["identity"]
        screen.quote(f"decision  {record['id']}\nfrom      {source}\nto        {destination}\nby rule   {record['rule']}")
        proved = source.endswith("/ns/shop/sa/web") and destination.endswith("/ns/shop/sa/orders")
        screen.expect("200, and the identities of both ends are proved", answer.status == 200 and proved, answer)
        answer = one_request(self.shop.inbound["web"], "POST", "/orders", '{"item": "a barometer", "cents": 4200}')
        screen.say(f"customer → web: POST /orders → {answer.status} {answer.body.strip()}")
        screen.expect("the order went web → orders → payments → ledger and was paid", answer.status == 201, answer)

    def denied_route(self) -> None:
        screen = self.screen
        screen.step("A route nobody allowed")
        answer = one_request(self.shop.as_web_to_orders, "DELETE", "/orders/1")
        screen.say(f"web → orders: DELETE /orders/1 → {answer.status} {answer.body.strip()}")
        screen.expect("403, with the id of the decision", answer.status == 403 and answer.decision != "", answer)
        explained = self.shop.stage.ask("explain", answer.decision)
        screen.say(f"$ nullius explain {answer.decision}")
        screen.quote(explained.stdout + explained.stderr)
        screen.expect("it names the nearest rule, and what it missed by", "web-reads" in explained.stdout)
        still = one_request(self.shop.as_web_to_orders, "GET", "/orders/1")
        screen.expect("order 1 is still there", still.status == 200, still)

    def denied_method(self) -> None:
        screen = self.screen
        screen.step("A gRPC method nobody allowed")
        with grpc.insecure_channel(text(self.shop.as_orders_to_payments)) as channel:
            stub = payments_api.stub(channel)
            receipt = stub.Charge(payments_api.messages.ChargeRequest(order="1", cents=1), timeout=15)
            screen.say(f"orders → payments: Charge → receipt {receipt.id}, {receipt.entries} entries in the ledger")
            try:
                stub.Refund(payments_api.messages.RefundRequest(receipt=receipt.id), timeout=15)
                code, details = grpc.StatusCode.OK, ""
            except grpc.RpcError as refusal:
                code, details = refusal.code(), refusal.details()
            screen.say(f"orders → payments: Refund → {code.name}: {details}")
            screen.expect("PERMISSION_DENIED", code == grpc.StatusCode.PERMISSION_DENIED, code)
            numbers = [receipt.id for receipt in stub.Watch(payments_api.messages.WatchRequest(count=3), timeout=15)]
            screen.expect("the streaming method beside it still streams", numbers == ["0", "1", "2"], numbers)

    def no_identity(self) -> None:
        screen = self.screen
        screen.step("A caller without an identity")
        answer = one_request(self.shop.inbound["orders"], "GET", "/orders")
        screen.say(f"somebody → orders, in plain text: GET /orders → {answer.status} {answer.body.strip()}")
        screen.expect("403: the rule asks for web's identity", answer.status == 403, answer)
        screen.expect("not one order is in the answer", "Micrographia" not in answer.body)

    def foreign_certificate(self) -> None:
        screen = self.screen
        screen.step("Callers with certificates that another authority signed")
        for name in ("spiffe://elsewhere.example/ns/shop/sa/web", "spiffe://cluster.local/ns/shop/sa/web"):
            file = outsiders.forge(self.shop.stage.directory, name)
            outcome = outsiders.knock(self.shop.inbound["orders"], file)
            screen.say(f"“I am {name}” → {outcome}")
            screen.expect("refused in the handshake", "ALERT" in outcome, outcome)
        outcome = outsiders.knock(self.shop.inbound["orders"], None)
        screen.say(f"TLS without a certificate → {outcome}")
        screen.expect("refused in the handshake", "ALERT" in outcome, outcome)

    def path_confusion(self) -> None:
        screen = self.screen
        screen.step("One path for the policy, another for the program")
        for path in (
            "/admin",
            "//admin",
            "/%61dmin",
            "/orders/../admin",
            "/orders/%2e%2e/admin",
            "/orders/..%2fadmin",
            "/orders/..\\admin",
            "/orders/..;/admin",
            "/orders/1%00/../../admin",
        ):
            answer = one_request(self.shop.as_web_to_orders, "GET", path)
            refused = answer.status in (400, 403) and "secret" not in answer.body
            screen.expect(f"{answer.status} for {path}", refused, answer)

    def policy_change(self) -> None:
        screen = self.screen
        screen.step("A policy changes on disk, under open connections")
        policies = self.shop.stage.manifests / "policies.yaml"
        before = policies.read_text()
        after = before.replace("serviceAccount: { name: web }", "serviceAccount: { name: nobody }")
        after = after.replace("serviceAccount: { name: payments }", "serviceAccount: { name: nobody }")

        web = http.client.HTTPConnection(*self.shop.as_web_to_orders, timeout=15)
        first = request(web, "GET", "/orders")
        socket_before = web.sock
        ledger = Redis(self.shop.as_payments_to_ledger)
        pong = ledger.call("PING")
        screen.say(f"open: web → orders (keep-alive, {first.status}), payments → ledger (redis, {pong})")

        start = replace(policies, after)
        http_after, refused = until_refused(web, start)
        screen.say(f"HTTP: {refused.status} after {http_after * 1000:.0f} ms")
        redis_after = until_closed(ledger, start)
        screen.say(f"redis: closed after {redis_after * 1000:.0f} ms")
        same = refused.status == 403 and web.sock is socket_before
        screen.expect("the same HTTP connection is denied its next request", same, refused)
        screen.expect("within a second", http_after < 1, f"{http_after:.3f} s")
        screen.expect("the redis connection is closed within a second", redis_after < 1, f"{redis_after:.3f} s")

        replace(policies, before)
        again = wait_until("the old policy", lambda: ok(request(web, "GET", "/orders")), 10)
        screen.expect("put back, the same HTTP connection serves again", again.status == 200 and web.sock is socket_before)
        pong = wait_until("redis again", lambda: ping(self.shop.as_payments_to_ledger), 10)
        screen.expect("and payments reaches the ledger again", pong == "PONG")
        web.close()

    def rotation_under_load(self) -> None:
        screen = self.screen
        screen.step("Certificates rotate under load")
        load = Load(self.shop, workers=4)
        serials = [outsiders.serial_number(self.shop.inbound["orders"])]
        load.start()

        def rotated() -> bool | None:
            serial = outsiders.serial_number(self.shop.inbound["orders"])
            if serial != serials[-1]:
                serials.append(serial)
            return True if len(serials) >= 3 else None

        try:
            wait_until("two rotations", rotated, 60)
        finally:
            load.stop()
        for serial in serials:
            screen.say(f"orders presented certificate {serial}")
        milliseconds = statistics.median(load.latencies) * 1000
        screen.say(f"{len(load.latencies)} requests on {load.workers} connections, median {milliseconds:.1f} ms")
        screen.expect("not one request failed", not load.failures, load.failures[:3])
        screen.expect("no connection of the program was dropped", load.reconnects == 0, load.reconnects)


class Load:
    """Requests without a pause on connections that stay open."""

    def __init__(self, shop: Shop, workers: int) -> None:
        self.shop = shop
        self.workers = workers
        self.latencies: list[float] = []
        self.failures: list[str] = []
        self.reconnects = 0
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.work) for _ in range(workers)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def work(self) -> None:
        connection = http.client.HTTPConnection(*self.shop.as_web_to_orders, timeout=15)
        socket_at_first = None
        while not self.ending.is_set():
            start = time.monotonic()
            try:
                answer = request(connection, "GET", "/orders/1")
                if answer.status != 200:
                    self.failures.append(f"{answer.status} {answer.body}")
            except (OSError, http.client.HTTPException) as problem:
                self.failures.append(repr(problem))
                connection.close()
            if socket_at_first is not None and connection.sock is not socket_at_first:
                self.reconnects += 1
            socket_at_first = connection.sock
            self.latencies.append(time.monotonic() - start)
            # Load, but on two cores also room for everything else.
            time.sleep(0.005)
        connection.close()


def replace(file: Path, content: str) -> float:
    """Swaps a file's content in one step; returns when."""
    fresh = file.with_suffix(".new")
    fresh.write_text(content)
    start = time.monotonic()
    os.replace(fresh, file)
    return start


def until_refused(connection: http.client.HTTPConnection, start: float) -> tuple[float, Answer]:
    while True:
        answer = request(connection, "GET", "/orders")
        elapsed = time.monotonic() - start
        if answer.status == 403 or elapsed > 10:
            return elapsed, answer
        time.sleep(0.01)


def until_closed(ledger: Redis, start: float) -> float:
    while (elapsed := time.monotonic() - start) < 10:
        try:
            ledger.call("PING")
        except OSError:
            break
        time.sleep(0.01)
    ledger.close()
    return elapsed


def ok(answer: Answer) -> Answer | None:
    return answer if answer.status == 200 else None


def ping(address: tuple[str, int]) -> str | None:
    try:
        with Redis(address) as redis:
            return redis.call("PING")
    except OSError:
        return None
