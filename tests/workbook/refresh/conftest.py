from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import pytest

from tests.workbook.refresh.replay import Replay, serving
from tests.workbook.refresh.replies import NOW
from workbook.refresh.facts import KINDS, Ask, Facts


@pytest.fixture(scope="session", autouse=True)
def _client() -> None:
    if find_spec("ccxt") is None:
        if os.environ.get("CI"):
            pytest.fail('ccxt is missing: pip install -e ".[dev]"')
        pytest.skip('ccxt is not installed: pip install -e ".[live]"')


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbook.refresh import ccxt_source

    monkeypatch.setattr(ccxt_source, "RETRY_AFTER_MS", 10)
    monkeypatch.setattr(ccxt_source, "PACED", False)


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, Any]], Replay]]:
    """Start a server with answers; it ends with the test."""
    with ExitStack() as stack:
        yield lambda answers: stack.enter_context(serving(answers))


@pytest.fixture
def ask(serve: Callable[[Mapping[str, Any]], Replay]) -> Callable[..., Facts]:
    """Ask a venue that answers so; the server's record is in ``ask.replay``."""
    from workbook.refresh.ccxt_source import CcxtSource

    def asking(
        venue: str,
        answers: Mapping[str, Any],
        symbols: tuple[str, ...] = ("ETH",),
        what: tuple[str, ...] = KINDS,
        required: tuple[str, ...] = (),
        now: datetime = NOW,
    ) -> Facts:
        replay = serve(answers)
        asking.replay = replay  # type: ignore[attr-defined]
        return CcxtSource(replay.address).read(
            Ask(venue, symbols, frozenset(what), now, required=frozenset(required))
        )

    return asking
