"""The cluster that the suite talks to."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.parse

import pytest
from kubernetes import client, config

from cluster import Kubectl, eventually, start_embedded, unique


@pytest.fixture(scope="session")
def kubeconfig():
    given = os.environ.get("KUBECONFIG")
    if given:
        yield given
        return
    # Not pytest's own: the path of a Unix socket has little room.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="nullius-"))
    process, path = start_embedded(directory)
    yield str(path)
    process.terminate()
    try:
        assert process.wait(30) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def api(kubeconfig):
    """An administrator's connection of PyPI's client."""
    config.load_kube_config(kubeconfig)
    yield client.ApiClient()


@pytest.fixture(scope="session")
def core(api):
    return client.CoreV1Api(api)


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """kubectl keeps what it discovered below its home; a home of our own starts without."""
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture
def namespace(core):
    name = unique("ns")
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name)


@pytest.fixture
def kubectl(kubeconfig, namespace, home):
    return Kubectl(kubeconfig, namespace, home)


@pytest.fixture
def admin(kubeconfig, home):
    """kubectl without a namespace of its own."""
    return Kubectl(kubeconfig, None, home)


@pytest.fixture(scope="session")
def has_controllers(core):
    """Whether someone does what kube-controller-manager does."""
    name = unique("probe")
    core.create_namespace({"metadata": {"name": name}})
    try:
        for _ in range(100):
            if core.list_namespaced_service_account(name).items:
                return True
            time.sleep(0.1)
        return False
    finally:
        core.delete_namespace(name)


@pytest.fixture
def controllers(has_controllers):
    if not has_controllers:
        pytest.skip("this API server runs without kube-controller-manager")


@pytest.fixture
def pod_account(core, namespace, has_controllers):
    """The service account that pods of the namespace run as, without which they are refused."""
    if has_controllers:
        eventually(
            lambda: any(a.metadata.name == "default" for a in core.list_namespaced_service_account(namespace).items)
        )
    else:
        core.create_namespaced_service_account(namespace, {"metadata": {"name": "default"}})
    return "default"


@pytest.fixture
def webhook_host(api):
    given = os.environ.get("NULLIUS_SUITE_WEBHOOK_HOST")
    if given:
        return given
    host = urllib.parse.urlsplit(api.configuration.host).hostname
    if host not in ("127.0.0.1", "localhost", "::1"):
        pytest.skip("the API server is elsewhere and NULLIUS_SUITE_WEBHOOK_HOST does not say where we are")
    return "127.0.0.1"
