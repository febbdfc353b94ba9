"""The page of wrong rows says what the workbook says."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.docs.scripts import script


@pytest.fixture(scope="module")
def wrong_rows() -> ModuleType:
    return script("wrong_rows")


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
