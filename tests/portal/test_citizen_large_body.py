"""The real server refuses a gigabyte before it has come, in words, and hangs up."""

from __future__ import annotations

import io
import socket
import time
from pathlib import Path

import pytest

from portal.serving import processes
from portal.serving.ports import free_port

MEGABYTE = 1024 * 1024
HEAD = (
    b"POST /phan-anh/viet/x/gui/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n"
)


@pytest.mark.real
def test_a_gigabyte_is_refused_at_its_first_bytes(tmp_path: Path) -> None:
    port = free_port()
    web = processes.web(
        f"127.0.0.1:{port}",
        1,
        {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    web.output = printed = io.StringIO()
    web.start()
    try:
        _wait_until_it_listens(port)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as browser:
            browser.sendall(HEAD + b"Content-Length: 1073741824\r\n\r\n--x\r\n")
            assert browser.recv(12) == b"HTTP/1.1 413", printed.getvalue()
            with pytest.raises(OSError):
                for _megabyte in range(1024):
                    browser.sendall(b"0" * MEGABYTE)
    finally:
        web.ask_to_stop()
        web.wait(10)
        web.kill_group()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
