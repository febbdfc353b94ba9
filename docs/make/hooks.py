"""What MkDocs calls: pages made from the catalogue, the terms, the workbook, and root documents.

Nothing that these pages say is written twice: a formula's page is its declaration and docstring.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import formulas
import gallery
import imports
import llms
import root_documents
import sheets
import venues
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The parts of the navigation that are made."""
    made = {"GENERATED formulas": formulas.navigation(), "GENERATED sheets": sheets.navigation()}
    config.nav = [_filled(part, made) for part in config.nav or []]
    return config


def _filled(part: Any, made: dict[str, Any]) -> Any:
    if not isinstance(part, dict):
        return part
    return {
        title: made.get(entry, entry) if isinstance(entry, str) else entry
        for title, entry in part.items()
    }


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages and downloads that are made."""
    content: dict[str, str | bytes] = {}
    content |= formulas.pages()
    content |= sheets.pages(Path(config.docs_dir) / "pictures")
    content |= venues.pages()
    content |= gallery.pages()
    content |= imports.pages(Path(config.docs_dir))
    content |= root_documents.pages(ROOT)
    for name, text in content.items():
        if (there := files.get_file_from_path(name)) is not None:
            files.remove(there)
        files.append(File.generated(config, name, content=text))
    return files


def on_post_page(output: str, **_: Any) -> str:
    """The theme's search box gets the name that screen readers ask for."""
    return output.replace(
        'data-md-component="search" role="dialog"',
        'data-md-component="search" role="dialog" aria-label="Search"',
    )


def on_post_build(config: MkDocsConfig, **_: Any) -> None:
    """llms.txt: the site's table of contents for programs that read."""
    target = Path(config.site_dir) / "llms.txt"
    target.write_text(llms.text(ROOT / "docs" / "pages"), encoding="utf-8")
