"""The process beside LibreOffice: answers the one who started it, and nobody else can ask."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from addin.libreoffice import backend
from addin.libreoffice.link import remote as remote_link
from addin.libreoffice.paths import this_python
from tests.hosts.libreoffice.other_users import as_nobody, needs_proc, sockets

Process = subprocess.Popen[bytes]


def _framed(message: bytes) -> bytes:
    return struct.pack(">I", len(message)) + message


@contextlib.contextmanager
def _started(*arguments: str) -> Iterator[Process]:
    with subprocess.Popen(
        [sys.executable, *(arguments or ("-m", "addin.libreoffice.backend"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        try:
            assert _reply(started) == "isomargin"
            yield started
        finally:
            started.kill()


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    with _started() as started:
        yield started


def _send(process: Process, content: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.flush()


def _reply(process: Process) -> object:
    assert process.stdout is not None
    (length,) = struct.unpack(">I", process.stdout.read(4))
    return json.loads(process.stdout.read(length))


def _ask(process: Process, call: object) -> object:
    _send(process, _framed(json.dumps(call).encode()))
    return _reply(process)


def test_calls_get_answers(process: Process) -> None:
    assert _ask(process, ["ISO_LIQUIDATION_PRICE", ["long", 100.0, 10.0]]) == 90.0
    assert _ask(process, ["ISO_LIQUIDATION_PRICE", ["long", 100.0, 0]]) == {"error": "#NUM!"}
    assert _ask(process, ["ISO_NOWHERE", []]) == {"error": "#NAME?"}
    rows = _ask(process, ["ISO_KELLY", [[[0.5], [2.0]], 2.0]])
    assert rows == [[0.25], [{"error": "#NUM!"}]]


def test_an_unforeseen_argument_is_an_error_and_the_process_goes_on(process: Process) -> None:
    assert _ask(process, ["ISO_KELLY", [{"a": 1}, 2]]) == {"error": "#VALUE!"}
    assert _ask(process, ["ISO_KELLY", [0.5, 2.0]]) == 0.25


@pytest.mark.parametrize(
    "message",
    [b"", b"not json", b"{}", b"[]", b'["ISO_KELLY"]', b"[1,2]", b'["a",{}]', b"[" * 100_000],
    ids=repr,
)
def test_what_is_no_call_is_refused(message: bytes) -> None:
    with pytest.raises(backend.BrokenProtocol, match="not a call"):
        backend.answer(message)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello\n", b"too large"),  # typed by hand: "hell" is a length
        (struct.pack(">I", backend.LARGEST_MESSAGE + 1), b"too large"),
        (struct.pack(">I", 2**32 - 1) + b"x" * 100, b"too large"),
        (bytes(range(255, 0, -1)), b"too large"),
        (_framed(b"not json"), b"not a call"),
    ],
    ids=["text", "one byte too large", "huge", "noise", "no call"],
)
def test_what_breaks_the_rules_ends_the_process_in_words(content: bytes, words: bytes) -> None:
    with _started() as process:
        _send(process, content)
        assert process.wait(20) == 1
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == b""
        said = process.stderr.read()
    assert words in said
    assert b"not by hand" in said


@pytest.mark.parametrize(
    "content", [b"\0\0", struct.pack(">I", 100) + b"["], ids=["no length", "half a message"]
)
def test_a_message_that_is_cut_off_gets_no_answer(content: bytes) -> None:
    with _started() as process:
        out, said = process.communicate(content, timeout=20)
        assert (process.returncode, out) == (1, b"")
        assert b"cut off" in said


def test_it_ends_with_its_input() -> None:
    with _started() as process:
        assert process.communicate(timeout=20) == (b"", b"")
        assert process.returncode == 0


def test_it_ends_with_its_input_though_it_computes() -> None:
    wide = [[1.0]] * 20
    # Correlated: positions that are not are counted without a simulation.
    correlation = [[1.0 if row == column else 0.5 for column in range(20)] for row in range(20)]
    # Many times as long as the test waits, if it were computed to its end.
    endless = ["ISO_JOINT_LIQUIDATION", [
        [["long"]] * 20, [[100.0]] * 20, [[60.0]] * 20, wide, correlation, 30, 10_000_000,
    ]]  # fmt: skip
    with _started() as process:
        _send(process, _framed(json.dumps(endless).encode()))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
        assert process.stdout is not None
        assert process.stdout.read() == b""


def test_a_reply_that_is_too_large_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "LARGEST_MESSAGE", 10)
    assert backend.answer(b'["ISO_KELLY", [[[0.5], [0.5], [0.5]], 2.0]]') == b'{"error": "#VALUE!"}'
    assert backend.answer(b'["ISO_KELLY", [0.5, 2.0]]') == b"0.25"


def test_what_is_printed_does_not_come_between_the_replies() -> None:
    start = (
        "import os; from addin.libreoffice import backend; real = backend.answer;"
        "backend.answer = lambda m: (print('chatter', flush=True), os.write(1, b'!'), real(m))[-1];"
        "backend.main()"
    )
    with _started("-c", start) as process:
        assert _ask(process, ["ISO_KELLY", [0.5, 2.0]]) == 0.25
        assert process.communicate(timeout=20) == (b"", b"chatter\n!")


# Other programs and other users


@pytest.fixture
def remote() -> Iterator[remote_link.Remote]:
    made = remote_link.Remote(sys.executable, this_python().paths)
    assert made.call("ISO_KELLY", (0.5, 2.0)) == 0.25
    yield made
    made.close()


@needs_proc
def test_it_has_no_socket_to_connect_to(remote: remote_link.Remote) -> None:
    assert remote.process_id is not None
    assert sockets(remote.process_id) == []


@needs_proc
def test_the_search_for_sockets_finds_one() -> None:
    start = (
        "import socket, sys; listener = socket.create_server(('127.0.0.1', 0));"
        "print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(sockets(process.pid)) == 1
        process.communicate()


@needs_proc
def test_another_user_cannot_read_or_write_its_pipes(remote: remote_link.Remote) -> None:
    pid = remote.process_id
    for attempt in (
        f"echo > /proc/{pid}/fd/0",  # ask
        f"head -c 1 /proc/{pid}/fd/1",  # read a reply
        f"ls /proc/{pid}/fd/",
        f"cat /proc/{pid}/environ",
        f"kill {pid}",
    ):
        code, words = as_nobody(["/bin/sh", "-c", attempt])
        assert code != 0, attempt
        assert "ermission denied" in words or "not permitted" in words, attempt
    assert remote.call("ISO_KELLY", (0.5, 2.0)) == 0.25


def test_another_process_does_not_inherit_the_pipes(remote: remote_link.Remote) -> None:
    process = remote._process
    assert process is not None
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        assert not os.get_inheritable(stream.fileno())
