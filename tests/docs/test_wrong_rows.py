"""The page of wrong rows says what the workbook says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "make" / "wrong_rows.py"


@pytest.fixture(scope="module")
def wrong_rows() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wrong_rows", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_word_for_word_what_the_workbook_says(wrong_rows: ModuleType) -> None:
    assert wrong_rows.PAGE.read_text(encoding="utf-8") == wrong_rows.page(), (
        "run: python docs/make/wrong_rows.py"
    )


def test_every_sentence_names_a_cell_and_what_to_type(wrong_rows: ModuleType) -> None:
    sentences = wrong_rows.said()
    assert len(sentences) >= 20
    for wrong, sentence in zip(wrong_rows.WRONG, sentences, strict=True):
        assert "11)" in sentence or sentence.startswith("Too small for one lot"), wrong
        cures = ("type ", "did you mean", "needs a price", "Lower leverage", "too small")
        assert any(cure in sentence for cure in cures), sentence
