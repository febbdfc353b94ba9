"""What is generated is what the code makes: the one test that fails where that was forgotten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from addin.excel.generator import BuildError
from addin.package import PackageError
from tests.addin.books import same_workbook
from tests.hosts.excel.conftest import required
from workbook import generated

COMMAND = "isomargin build --all"


def _same(name: str, made: bytes, committed: bytes) -> bool:
    if name.endswith((".xlsx", ".xlsm")):
        return same_workbook(made, committed)
    return made == committed


def test_what_is_generated_is_what_the_code_makes() -> None:
    required("xlwings", 'type  pip install "isomargin[build]"')
    required("pyopenvba", 'type  pip install "isomargin[build]"')
    there = generated.checkout()
    stale = [
        name
        for _, files in generated.make(there)
        for name, content in files.items()
        if not (there.root / name).is_file()
        or not _same(name, content, (there.root / name).read_bytes())
    ]
    assert not stale, f"type  {COMMAND}  and commit what it changes: {', '.join(stale)}"


@pytest.fixture
def small_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> generated.Checkout:
    """A folder with two generated files, the second made from the first."""

    def first(there: generated.Checkout) -> dict[str, bytes]:
        return {"a/first.txt": (there.root / "source.txt").read_bytes()}

    def second(there: generated.Checkout) -> dict[str, bytes]:
        return {"second.txt": there.read("a/first.txt") + b" twice"}

    monkeypatch.setattr(
        generated,
        "GENERATED",
        (generated.Generated("one", first), generated.Generated("two", second)),
    )
    (tmp_path / "source.txt").write_bytes(b"text")
    return generated.Checkout(tmp_path)


def test_a_later_step_is_made_from_what_an_earlier_one_has_just_made(
    small_clone: generated.Checkout,
) -> None:
    root = small_clone.root
    (root / "a").mkdir()
    (root / "a" / "first.txt").write_bytes(b"old")
    assert list(generated.write(small_clone)) == [root / "a" / "first.txt", root / "second.txt"]
    assert (root / "second.txt").read_bytes() == b"text twice"


def test_only_what_has_changed_is_written(small_clone: generated.Checkout) -> None:
    assert len(list(generated.write(small_clone))) == 2
    assert list(generated.write(generated.Checkout(small_clone.root))) == []
    (small_clone.root / "second.txt").unlink()
    again = list(generated.write(generated.Checkout(small_clone.root)))
    assert [path.name for path in again] == ["second.txt"]


def test_a_list_without_its_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "FORMULAS.md").write_text("no table\n", encoding="utf-8")
    with pytest.raises(PackageError, match=r"FORMULAS\.md has no formula table"):
        generated._list_of_formulas(generated.Checkout(tmp_path))


def test_an_installed_package_has_nothing_to_make_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generated, "__file__", str(tmp_path / "workbook" / "generated.py"))
    with pytest.raises(PackageError, match="in a clone type"):
        generated.checkout()


def test_without_the_build_tools_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlwings", None)
    there = generated.checkout()
    with pytest.raises(BuildError, match=r"pip install"):
        generated._vba(there)


def test_backups_of_the_shipped_workbooks_are_never_committed() -> None:
    root = generated.checkout().root
    if not (root / ".git").exists():
        pytest.skip("no git here")
    for name in ("workbook/isomargin.bak.xlsm", "workbook/blank.bak.xlsx", "my.bak2.xlsx"):
        command = ["git", "-C", str(root), "check-ignore", "-q", name]
        assert subprocess.run(command, check=False).returncode == 0, name
