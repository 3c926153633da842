"""Just enough WebDriver for a smoke run: Firefox by Marionette, its own protocol, and WebKitGTK by W3C WebDriver."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Protocol

from tests.processes import free_port

# What a W3C WebDriver calls an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_START_S = 30.0


class Driver(Protocol):
    """A browser with one page."""

    name: str

    def go(self, url: str) -> None: ...

    def run(self, script: str, *arguments: Any) -> Any: ...

    def type(self, element: Any, text: str) -> None: ...

    def close(self) -> None: ...


class Firefox:
    """Firefox, headless, spoken to by Marionette: length-prefixed JSON over a socket."""

    name = "Firefox"

    def __init__(self, binary: str) -> None:
        port = free_port()
        self._profile = Path(tempfile.mkdtemp())
        (self._profile / "user.js").write_text(f'user_pref("marionette.port", {port});\n', "utf-8")
        self._process = subprocess.Popen(
            [binary, "--headless", "--marionette", "--no-remote", "--profile", str(self._profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self._profile)},
        )
        self._socket = _connect(port)
        self._buffer = b""
        self._id = 0
        self._read()
        self._call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._fill()
        length, _, self._buffer = self._buffer.partition(b":")
        while len(self._buffer) < int(length):
            self._fill()
        body, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(body)

    def _fill(self) -> None:
        more = self._socket.recv(65536)
        assert more, "Firefox is gone"
        self._buffer += more

    def _call(self, command: str, parameters: dict[str, Any]) -> Any:
        self._id += 1
        message = json.dumps([0, self._id, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, error
        return result.get("value") if isinstance(result, dict) and "value" in result else result

    def go(self, url: str) -> None:
        self._call("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        return self._call("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})

    def type(self, element: Any, text: str) -> None:
        self._call("WebDriver:ElementSendKeys", {"id": element[ELEMENT], "text": text})

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self._profile, ignore_errors=True)


class WebKit:
    """WebKitGTK's MiniBrowser, by WebKitWebDriver; needs a display."""

    name = "WebKitGTK"

    def __init__(self, binary: str) -> None:
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [binary, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _connect(port).close()
        try:
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {}}})
        except BaseException:
            self._process.terminate()
            raise
        self._url += f"/session/{answer['sessionId']}"

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None
        except TimeoutError:
            raise AssertionError("the browser does not come; it needs a display (xvfb-run)") from None

    def go(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def type(self, element: Any, text: str) -> None:
        self._call("POST", f"/element/{element[ELEMENT]}/value", {"text": text})

    def close(self) -> None:
        try:
            self._call("DELETE", "")
        finally:
            self._process.terminate()
            self._process.wait(20)


def _connect(port: int) -> socket.socket:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            assert time.monotonic() < deadline, "the browser does not answer"
            time.sleep(0.1)
