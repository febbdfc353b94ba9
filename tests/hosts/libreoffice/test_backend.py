"""The process beside LibreOffice: answers those who know the token, and nobody else."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from addin.libreoffice import backend

TOKEN = "ab" * 32


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    started = subprocess.Popen(
        [sys.executable, "-m", "addin.libreoffice.backend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdin is not None
    assert started.stdout is not None
    started.stdin.write(TOKEN.encode() + b"\n")
    started.stdin.flush()
    yield started, int(started.stdout.readline())
    started.stdin.close()
    assert started.wait(10) == 0
    started.stdout.close()


@pytest.fixture
def connection(process: tuple[subprocess.Popen[bytes], int]) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", process[1]), timeout=10) as made:
        yield made


def _ask(connection: socket.socket, call: object) -> object:
    message = json.dumps(call).encode()
    connection.sendall(struct.pack(">I", len(message)) + message)
    (length,) = struct.unpack(">I", _read(connection, 4))
    return json.loads(_read(connection, length))


def _read(connection: socket.socket, count: int) -> bytes:
    content = b""
    while len(content) < count:
        part = connection.recv(count - len(content))
        assert part, "the connection was closed"
        content += part
    return content


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_who_shows_the_token_gets_answers(connection: socket.socket) -> None:
    connection.sendall(TOKEN.encode())
    assert _ask(connection, ["ISO_LIQUIDATION_PRICE", ["long", 100.0, 10.0]]) == 90.0
    assert _ask(connection, ["ISO_LIQUIDATION_PRICE", ["long", 100.0, 0]]) == {"error": "#NUM!"}
    assert _ask(connection, ["ISO_NOWHERE", []]) == {"error": "#NAME?"}
    rows = _ask(connection, ["ISO_KELLY", [[[0.5], [2.0]], 2.0]])
    assert rows == [[0.25], [{"error": "#NUM!"}]]


@pytest.mark.parametrize("token", ["ab" * 31 + "ac", "\0" * 64, "é" * 32])
def test_a_wrong_token_closes_the_connection(connection: socket.socket, token: str) -> None:
    connection.sendall(token.encode())
    assert _is_closed(connection)


@pytest.mark.parametrize(
    "message",
    [b"", b"not json", b"{}", b"[]", b'["ISO_KELLY"]', b"[1,2]", b'["a",{}]', b"[" * 100_000],
)
def test_what_is_no_call_closes_the_connection(connection: socket.socket, message: bytes) -> None:
    connection.sendall(TOKEN.encode() + struct.pack(">I", len(message)) + message)
    assert _is_closed(connection)


def test_a_message_that_claims_to_be_huge_closes_the_connection(connection: socket.socket) -> None:
    connection.sendall(TOKEN.encode() + struct.pack(">I", backend.LARGEST_MESSAGE + 1))
    assert _is_closed(connection)


def test_an_unforeseen_argument_is_an_error_and_the_process_goes_on(
    connection: socket.socket,
) -> None:
    connection.sendall(TOKEN.encode())
    assert _ask(connection, ["ISO_KELLY", [{"a": 1}, 2]]) == {"error": "#VALUE!"}
    assert _ask(connection, ["ISO_KELLY", [0.5, 2.0]]) == 0.25


def test_it_listens_on_loopback_only(process: tuple[subprocess.Popen[bytes], int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address would be used
        outside = probe.getsockname()[0]
    if outside.startswith("127."):
        pytest.skip("this computer has no address but loopback")
    with pytest.raises((ConnectionRefusedError, TimeoutError)):
        socket.create_connection((outside, process[1]), timeout=2)


def test_who_says_nothing_is_not_waited_for(
    process: tuple[subprocess.Popen[bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_connection(("127.0.0.1", process[1]), timeout=20) as silent:
        begin = time.monotonic()
        assert _is_closed(silent)
        assert time.monotonic() - begin < backend.HANDSHAKE_SECONDS + 5


def test_it_ends_with_its_input() -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "addin.libreoffice.backend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdin is not None
    assert started.stdout is not None
    started.stdin.write(TOKEN.encode() + b"\n")
    started.stdin.flush()
    started.stdout.readline()
    started.stdin.close()
    assert started.wait(10) == 0
    started.stdout.close()


def test_started_by_hand_it_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "addin.libreoffice.backend"],
        input=b"hello\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert b"not by hand" in done.stderr
