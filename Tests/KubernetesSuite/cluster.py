"""The small tools that the suite's tests share."""

import json
import os
import pathlib
import secrets
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "nullius-suite-"


def unique(word="x"):
    return f"{PREFIX}{word}-{secrets.token_hex(4)}"


def eventually(check, timeout=30, what="it"):
    """Waits until check() gives something true, which it returns. The last answer is in the failure."""
    deadline = time.monotonic() + timeout
    answer = None
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come about within {timeout} s; last answer: {answer!r}")


def start_embedded(directory):
    """`nullius up` with an API server of its own; returns the process and the kubeconfig's path."""
    program = os.environ.get("NULLIUS", str(ROOT / ".build/debug/nullius"))
    kubeconfig = directory / "kubeconfig"
    log = open(directory / "log", "wb")
    process = subprocess.Popen(
        [program, "up", "--data", str(directory / "data"), "--kubeconfig-out", str(kubeconfig)],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if kubeconfig.exists():
            ready = subprocess.run(
                ["kubectl", "--kubeconfig", str(kubeconfig), "get", "--raw", "/readyz"], capture_output=True
            )
            if ready.returncode == 0:
                return process, kubeconfig
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise RuntimeError("the embedded server did not start:\n" + (directory / "log").read_text())


class Kubectl:
    """Runs kubectl; a failure is an AssertionError with what it said."""

    def __init__(self, kubeconfig, namespace=None, home=None):
        self.kubeconfig = kubeconfig
        self.namespace = namespace
        self.environment = dict(os.environ, KUBECONFIG=kubeconfig, HOME=home or os.environ.get("HOME", "/"))

    def arguments(self, *arguments):
        scope = ["--namespace", self.namespace] if self.namespace else []
        return ["kubectl", *scope, *arguments]

    def run(self, *arguments, input=None, timeout=60):
        if isinstance(input, (dict, list)):
            input = json.dumps(input)
        return subprocess.run(
            self.arguments(*arguments),
            input=input,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def __call__(self, *arguments, input=None, timeout=60):
        done = self.run(*arguments, input=input, timeout=timeout)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def fails(self, *arguments, input=None):
        done = self.run(*arguments, input=input)
        assert done.returncode != 0, f"kubectl {' '.join(arguments)} succeeded:\n{done.stdout}"
        return done.stderr

    def json(self, *arguments, input=None):
        return json.loads(self(*arguments, "-o", "json", input=input))

    def start(self, *arguments):
        return subprocess.Popen(
            self.arguments(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )


def pod(name, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "example.com/app:1"}], **spec},
    }


def deployment(name, replicas=1, image="example.com/app:1"):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image}]},
            },
        },
    }


def config_map(name, data=None, **metadata):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": data or {},
    }
