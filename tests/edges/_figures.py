"""What the programs in Python here share: figures as lines of JSON, a sandbox of their own, and processes that end."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

# Seconds in which whoever is waited for has to be done.
PATIENCE = 30

_is_good = True


def scale():
    """How many times a program does what it does: its only argument."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else 20


def tell(figure, count, *, hangs=0, crashes=0, wrong=0, **more):
    """Prints one figure."""
    global _is_good
    _is_good = _is_good and hangs == crashes == wrong == 0
    told = {"figure": figure, "count": count, "hangs": hangs, "crashes": crashes, "wrong": wrong, **more}
    print(json.dumps(told), flush=True)


def end():
    """Ends the program: with 0 if every figure was good."""
    sys.exit(0 if _is_good else 1)


class Sandbox:
    """An authorization server on this machine, as a process of its own; the environment configures clients for it."""

    def __init__(self, *options):
        command = [sys.executable, "-m", "xilnex_auth", "sandbox", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while "XILNEX_SCOPE" not in os.environ:
            line = self._process.stdout.readline()
            if not line:
                sys.exit("the sandbox ended before it was ready")
            name, _, value = shlex.split(line)[1].partition("=")
            os.environ[name] = value
        self.base_url = os.environ["XILNEX_BASE_URL"]

    def token_requests(self):
        """How many token requests have come so far."""
        with urllib.request.urlopen(self.base_url + "/sandbox", timeout=PATIENCE) as answer:
            return json.load(answer)["token_requests"]

    def takes(self, token):
        """Whether the resource server takes a token."""
        request = urllib.request.Request(self.base_url + "/data", headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as refusal:
            if refusal.code != 401:
                raise
            return False

    def stop(self):
        """Ends the server."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


@contextlib.contextmanager
def sandbox(*options):
    """A sandbox for a while."""
    for name in [name for name in os.environ if name.startswith("XILNEX_")]:
        del os.environ[name]
    started, process = Sandbox(*options), os.getpid()
    try:
        yield started
    finally:
        # A forked child that ends like a program comes here too.
        if os.getpid() == process:
            started.stop()


def wait_for(child, seconds):
    """Waits for a forked child: its status as wait tells it, or None if it hung and had to be killed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


class Ends:
    """How processes ended."""

    def __init__(self):
        self.hangs = self.crashes = self.wrong = 0

    def enter(self, returncode):
        """Enters a return code as subprocess tells it: negative for a signal; None for a process that hung."""
        if returncode is None:
            self.hangs += 1
        elif returncode < 0:
            self.crashes += 1
        elif returncode > 0:
            self.wrong += 1
