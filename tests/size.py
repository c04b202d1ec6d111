"""Measures programs for AWS Lambda behind an emulated Runtime API. Run by tests/size.sh."""

import http.server
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import zipfile

COLD_STARTS = 15
WARM_INVOCATIONS = 300


class Runtime(http.server.ThreadingHTTPServer):
    """Delivers one event several times, and records the CPU time of the program before each delivery."""

    def __init__(self, event, invocations):
        super().__init__(("127.0.0.1", 0), Handler)
        self.event, self.invocations = event.encode(), invocations
        self.process, self.used, self.response = None, [], None
        self.done, self.started = threading.Event(), threading.Event()

    def record(self):
        self.started.wait()
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        self.used.append(sum(int(task.read_text().split()[0]) for task in tasks) / 1000)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: otherwise each response waits for a delayed acknowledgement of the client.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        runtime = self.server
        runtime.record()
        if len(runtime.used) > runtime.invocations:
            runtime.done.set()
            return
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "one")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(runtime.event)))
        self.end_headers()
        self.wfile.write(runtime.event)

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.response = json.loads(body)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def run(program, handler, event, invocations, status, variables):
    """Returns CPU microseconds to the first event, to the first response and per later invocation, and peak memory in kB."""
    runtime = Runtime(event, invocations)
    threading.Thread(target=runtime.serve_forever, daemon=True).start()
    environment = {
        "_HANDLER": handler,
        "AWS_LAMBDA_FUNCTION_NAME": handler,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % runtime.server_address[1],
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": os.environ["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": os.environ["AWS_SECRET_ACCESS_KEY"],
        "BERTH_TABLE": "berth",
        "BERTH_ENVIRONMENT": "test",
        **variables,
    }
    quiet = subprocess.DEVNULL
    runtime.process = subprocess.Popen([program], env=environment, stdin=quiet, stdout=quiet, stderr=quiet)
    runtime.started.set()
    try:
        if not runtime.done.wait(60):
            sys.exit(f"{program} as {handler} does not respond")
        memory = pathlib.Path(f"/proc/{runtime.process.pid}/status").read_text()
    finally:
        runtime.process.kill()
        runtime.process.wait()
        runtime.shutdown()
    if status is not None and runtime.response["statusCode"] != status:
        sys.exit(f"{program} as {handler} returns {runtime.response}")
    peak = next(int(line.split()[1]) for line in memory.splitlines() if line.startswith("VmHWM"))
    used = runtime.used
    warm = (used[-1] - used[1]) / (invocations - 1) if invocations > 1 else 0
    return used[0], used[1], warm, peak


def measured(program, handler, event, status=200, variables=None):
    cold = [run(program, handler, event, 1, status, variables or {}) for _ in range(COLD_STARTS)]
    warm = run(program, handler, event, WARM_INVOCATIONS, status, variables or {})
    return [statistics.median(one[at] for one in cold) for at in (0, 1)] + [warm[2], warm[3]]


def zipped(program):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(program, "bootstrap")
    return len(archive.getvalue())


def main():
    bootstrap, hello, store, key = sys.argv[1:]
    event = lambda name: pathlib.Path(f"events/{name}.json").read_text().replace("${BERTH_KEY}", key)
    store = {"AWS_ENDPOINT_URL_DYNAMODB": store}
    rows = [
        ("hello", hello, measured(hello, "hello", event("health"))),
        ("berth, health", bootstrap, measured(bootstrap, "health", event("health"))),
        ("berth, list-docks", bootstrap, measured(bootstrap, "list-docks", event("list-docks"), variables=store)),
    ]
    print("| | MB | zipped MB | CPU to the first event, ms | to the first response, ms | CPU of a warm invocation, µs | peak MB |")
    print("|---|---|---|---|---|---|---|")
    first = None
    for name, program, (init, response, warm, peak) in rows:
        values = [os.path.getsize(program) / 1e6, zipped(program) / 1e6, init / 1000, response / 1000, warm, peak / 1000]
        first = first or values
        cells = [f"{value:.2f} ({value / base:.1f})" for value, base in zip(values, first)]
        print("|", " | ".join([name, *cells]), "|")


if __name__ == "__main__":
    main()
