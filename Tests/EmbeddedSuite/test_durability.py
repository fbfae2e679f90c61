"""What the embedded server acknowledged survives its end, however it ends."""

import os
import pathlib
import random
import subprocess
import threading
import time

import pytest

from embedded import KILLS

MAPS = "/api/v1/namespaces/default/configmaps"


class Writer(threading.Thread):
    """Writes its own objects one after the other and remembers what was acknowledged and what is in doubt."""

    def __init__(self, server, index, known):
        super().__init__()
        self.server, self.random = server, random.Random(index * 7919 + len(known))
        self.index, self.known = index, known
        self.acknowledged, self.ending = 0, False

    def run(self):
        while not self.ending:
            name = f"w{self.index}-{self.random.randrange(20)}"
            # The states the object may be in: None is absent. One when all was acknowledged.
            before = self.known.get(name, {None})
            assert len(before) == 1
            current = next(iter(before))
            value = str(self.random.getrandbits(64))
            if current is None:
                after = value
                call = ("POST", MAPS, {"metadata": {"name": name}, "data": {"v": value}})
            elif self.random.random() < 0.3:
                after = None
                call = ("DELETE", f"{MAPS}/{name}")
            else:
                after = value
                call = ("PATCH", f"{MAPS}/{name}", {"data": {"v": value}}, "application/merge-patch+json")
            self.known[name] = {current, after}
            answer = self.server.request(*call)
            if answer is None:
                return
            assert answer[0] in (200, 201), answer
            self.known[name] = {after}
            self.acknowledged += 1


def stored(server):
    status, listed = server.request("GET", MAPS)
    assert status == 200
    values = {i["metadata"]["name"]: i["data"]["v"] for i in listed["items"] if "v" in i.get("data", {})}
    return values, int(listed["metadata"]["resourceVersion"])


def test_kill_minus_nine_loses_nothing(server):
    chance = random.Random(20261121)
    known = [dict() for _ in range(8)]
    newest, acknowledged = 0, 0
    server.start()
    for round in range(KILLS):
        writers = [Writer(server, index, known[index]) for index in range(len(known))]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.2, 1.5))
        # What the server tells now, it must still know afterwards.
        listed = server.request("GET", f"{MAPS}?limit=1")
        newest = max(newest, int(listed[1]["metadata"]["resourceVersion"]))
        server.kill()
        for writer in writers:
            writer.ending = True
            writer.join(60)
            acknowledged += writer.acknowledged
        server.start()
        values, version = stored(server)
        assert version >= newest, f"round {round}: the version went back from {newest} to {version}"
        newest = version
        for states in known:
            for name, possible in states.items():
                actual = values.pop(name, None)
                assert actual in possible, f"round {round}: {name} is {actual}, not one of {possible}"
                states[name] = {actual}
        assert not values, f"round {round}: nobody wrote {values}"
    assert acknowledged > 20 * KILLS, f"only {acknowledged} writes were acknowledged: too few to prove anything"
    print(f"{KILLS} kills, {acknowledged} acknowledged writes, none lost")


def test_a_clean_restart_keeps_everything_and_its_address(server):
    server.start()
    assert server.request("POST", MAPS, {"metadata": {"name": "a"}, "data": {"v": "1"}})[0] == 201
    before, address = server.request("GET", f"{MAPS}/a")[1], server.server
    server.stop()
    assert server.process.returncode == 0
    server.start()
    assert server.request("GET", f"{MAPS}/a")[1] == before
    assert server.server == address


@pytest.mark.parametrize("seed", range(6))
def test_a_file_that_was_damaged_is_named_at_start_or_harmless(server, seed):
    server.start()
    for index in range(50):
        assert server.request("POST", MAPS, {"metadata": {"name": f"m{index}"}, "data": {"v": "x" * 2000}})[0] == 201
    expected, _ = stored(server)
    server.stop()
    database = [p for p in server.data.rglob("*") if p.is_file() and p.read_bytes()[:15] == b"SQLite format 3"]
    assert len(database) == 1, database
    chance = random.Random(seed)
    content = bytearray(database[0].read_bytes())
    for _ in range(200):
        content[chance.randrange(len(content))] = chance.randrange(256)
    database[0].write_bytes(content)
    server.start(wait=False)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None and not server.kubeconfig.exists():
        time.sleep(0.05)
    if server.process.poll() is not None:
        said = server.log.read_text()
        assert server.process.returncode not in (0, -4, -5, -6, -11), said[-2000:]
        assert database[0].name in said, said[-2000:]
        return
    server.connect()
    answer = server.request("GET", MAPS)
    if answer is not None and answer[0] == 200:
        # It was harmless: then everything is there.
        values = {i["metadata"]["name"]: i["data"]["v"] for i in answer[1]["items"] if "v" in i.get("data", {})}
        assert values == expected


@pytest.fixture
def small_disk(server):
    """A file system of 24 MiB below the data directory."""
    server.data.mkdir(mode=0o700)
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", str(server.data)], capture_output=True
    ).returncode == 0
    if not mounted:
        pytest.skip("a small file system cannot be mounted here: it takes root and the right to mount")
    yield pathlib.Path(server.data)
    server.stop()
    subprocess.run(["umount", "-l", str(server.data)], check=True)


def test_a_full_disk_is_an_error_and_nothing_is_half_written(server, small_disk):
    server.start()
    acknowledged = {}
    filler = small_disk / "filler"
    refused = None
    for index in range(400):
        if index == 20:
            # The rest of the disk goes to somebody else, but for a little.
            free = os.statvfs(small_disk)
            filler.write_bytes(b"x" * max(free.f_bavail * free.f_frsize - (1 << 20), 0))
        value = f"{index}-" + "y" * 100_000
        answer = server.request("POST", MAPS, {"metadata": {"name": f"m{index}"}, "data": {"v": value}})
        assert answer is not None, "the server went away:\n" + server.log.read_text()[-2000:]
        if answer[0] == 201:
            acknowledged[f"m{index}"] = value
            continue
        refused = answer
        break
    assert refused is not None and refused[0] in (500, 503, 507), refused
    assert len(acknowledged) >= 20
    # It still reads, and what it reads is what it acknowledged.
    assert stored(server)[0] == acknowledged
    filler.unlink()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if server.request("POST", MAPS, {"metadata": {"name": "after"}, "data": {"v": "z"}})[0] == 201:
            break
        time.sleep(0.2)
    acknowledged["after"] = "z"
    assert stored(server)[0] == acknowledged
    server.kill()
    server.start()
    assert stored(server)[0] == acknowledged
