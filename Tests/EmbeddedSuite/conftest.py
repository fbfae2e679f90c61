import pathlib
import shutil
import tempfile

import pytest

from embedded import Server


@pytest.fixture
def server():
    # Not pytest's own: the path of a Unix socket has little room.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="nullius-"))
    server = Server(directory)
    yield server
    server.stop()
    shutil.rmtree(directory)
