"""An embedded server that tests start, kill and start again."""

import json
import os
import pathlib
import signal
import subprocess
import time

import urllib3
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("NULLIUS", str(ROOT / ".build/debug/nullius"))
# How often the durability test kills the server; more by hand.
KILLS = int(os.environ.get("NULLIUS_SUITE_KILLS", "8"))


class Server:
    def __init__(self, directory):
        self.data = directory / "data"
        self.kubeconfig = directory / "kubeconfig"
        self.log = directory / "log"
        self.process = None
        self.pool = None

    def start(self, wait=True):
        self.kubeconfig.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "up", "--data", str(self.data), "--kubeconfig-out", str(self.kubeconfig)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if not wait:
            return
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.kubeconfig.exists():
                self.connect()
                try:
                    if self.pool.request("GET", "/readyz", retries=False).status == 200:
                        return
                except urllib3.exceptions.HTTPError:
                    pass
            time.sleep(0.05)
        raise AssertionError("the server did not start:\n" + self.log.read_text()[-4000:])

    def connect(self):
        """A pool of connections with the administrator's client certificate."""
        import base64

        config = yaml.safe_load(self.kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        paths = {}
        for name, text in [("ca", cluster["certificate-authority-data"]), ("cert", user["client-certificate-data"]),
                           ("key", user["client-key-data"])]:
            paths[name] = self.kubeconfig.with_name(name + ".pem")
            paths[name].write_bytes(base64.b64decode(text))
            paths[name].chmod(0o600)
        self.server = cluster["server"]
        self.pool = urllib3.connection_from_url(
            self.server, maxsize=32, ca_certs=str(paths["ca"]), cert_file=str(paths["cert"]),
            key_file=str(paths["key"]), timeout=urllib3.Timeout(30))

    def request(self, method, path, body=None, content_type="application/json"):
        """The status and the body, or None when no answer came."""
        headers = {"Content-Type": content_type}
        try:
            answer = self.pool.request(
                method, path, body=None if body is None else json.dumps(body), headers=headers, retries=False)
        except (urllib3.exceptions.HTTPError, OSError):
            return None
        return answer.status, json.loads(answer.data)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
