"""Times an API server from its start until /readyz answers 200.

startup.py RUNS DIRECTORY|new PORT -- COMMAND…

In COMMAND, {dir} is the data directory (a new one for each run with "new"), {config} a file for the
kubeconfig and {port} the port. The server is ended with SIGTERM after each run.
"""

import http.client
import pathlib
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

runs, directory, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
command = sys.argv[sys.argv.index("--") + 1 :]
context = ssl._create_unverified_context()


def is_ready() -> bool:
    try:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
        return status == 200
    except OSError:
        return False


def run() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as scratch:
        values = {
            "{dir}": f"{scratch}/data" if directory == "new" else directory,
            "{config}": f"{scratch}/config",
            "{port}": str(port),
        }
        arguments = [values.get(word, word) for word in command]
        start = time.perf_counter()
        server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
        while not is_ready():
            if server.poll() is not None or time.perf_counter() - start > 60:
                sys.exit("the server did not become ready")
            time.sleep(0.001)
        took = time.perf_counter() - start
        user, system = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        server.terminate()
        server.wait()
        return took * 1000, (int(user) + int(system)) * 10


times, cpu = zip(*(run() for _ in range(runs)))
print(
    f"ready: n {runs}, median {statistics.median(times):.0f} ms, {min(times):.0f} to {max(times):.0f} ms,"
    f" cpu median {statistics.median(cpu):.0f} ms"
)
