"""``python -m tests.mutation``: mistakes put into `udfs`, and whether the tests notice them."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.mutation import runner
from tests.mutation.mutants import ROOT, Mutant, modules, mutants, numbered

STATE = ROOT / "build" / "mutation"
EQUIVALENT = Path(__file__).parent / "survivors.toml"
QUICK = 100
OUTCOMES = ("killed", "timed out", "survived", "error")


@click.command()
@click.option("--quick", is_flag=True, help=f"{QUICK} mutants, always the same.")
@click.option("--only", type=click.Choice(modules()), multiple=True, help="Just this module.")
@click.option("--resume", is_flag=True, help="Keep what an earlier run of the same text killed.")
@click.option("--jobs", default=2, show_default=True, help="Mutants at the same time.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write all results here.")
def main(quick: bool, only: tuple[str, ...], resume: bool, jobs: int, path: Path | None) -> None:
    """Put small mistakes into udfs, one at a time, and see whether the tests notice.

    Exit 1 where a mutant survives that survivors.toml does not explain, where one that it
    explains is killed, or where the tests could not be run.
    """
    console = Console(
        width=None if sys.stdout.isatty() else 150, highlight=False, markup=False, soft_wrap=True
    )
    begun = time.monotonic()
    found: dict[str, Mutant] = {}
    for module in only or modules():
        found |= numbered(mutants(module))
    of_that_name = Counter(mutant.name for mutant in found.values())
    if quick:
        found = dict(sorted(found.items(), key=lambda item: _digest(item[0]))[:QUICK])
    log = STATE / ("quick.jsonl" if quick else "results.jsonl")
    done = _earlier(log, found) if resume else {}
    explained = {name for entry in _listed() for name in entry["mutants"]}
    console.print(f"{len(found)} mutants, {len(done)} of them killed before")
    STATE.mkdir(parents=True, exist_ok=True)
    wrong = []
    with log.open("a" if resume else "w", encoding="utf-8") as lines:
        waiting = {key: mutant for key, mutant in found.items() if key not in done}
        for key, result in runner.run(waiting, jobs, STATE):
            done[key] = result
            row = {"mutant": key, "source": _digest(found[key].source), **vars(result)}
            print(json.dumps(row, ensure_ascii=False), file=lines, flush=True)
            if result.outcome == "error":
                wrong.append(f"error: {key}: {result.killer}")
            elif result.outcome == "survived" and found[key].name not in explained:
                wrong.append(f"survived, and survivors.toml does not say why: {key}")
            else:
                continue
            console.print(wrong[-1])
    survived = {found[key].name for key, result in done.items() if result.outcome == "survived"}
    tried = Counter(found[key].name for key in done)
    # A name may stand for several mutants; a module that is not asked for says nothing of its own.
    asked = explained if not (quick or only) else {n for n in tried if tried[n] == of_that_name[n]}
    stale = explained & asked - survived
    wrong += [f"listed in survivors.toml, but not surviving: {name}" for name in stale]
    wrong += [f"not tried: {key}" for key in found.keys() - done.keys()]
    console.print(_table(found, done, explained))
    console.print(f"{(time.monotonic() - begun) / 60:.1f} minutes", *sorted(wrong), sep="\n")
    if path is not None:
        document = {key: vars(result) for key, result in done.items()}
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(1 if wrong else 0)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _earlier(log: Path, found: dict[str, Mutant]) -> dict[str, runner.Result]:
    """Mutants that were killed, their text unchanged since."""
    done = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        row = json.loads(line)
        key, source = row.pop("mutant"), row.pop("source")
        result = runner.Result(**row)
        if key in found and _digest(found[key].source) == source:
            done[key] = result
    return {key: one for key, one in done.items() if one.outcome in ("killed", "timed out")}


def _listed() -> list[dict[str, object]]:
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])


def _table(found: dict[str, Mutant], done: dict[str, runner.Result], explained: set[str]) -> Table:
    table = Table()
    columns = ("mutants", "killed", "timed out", "survived", "error", "explained", "% killed")
    table.add_column("module")
    for column in columns:
        table.add_column(column, justify="right")
    counts: dict[str, Counter[str]] = {}
    for key, result in done.items():
        mutant = found[key]
        for row in (mutant.module, "all"):
            counts.setdefault(row, Counter())[result.outcome] += 1
            if result.outcome == "survived" and mutant.name in explained:
                counts[row]["explained"] += 1
    for row, count in sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])):
        whole = sum(count[outcome] for outcome in OUTCOMES)
        share = 100 * (count["killed"] + count["timed out"]) / whole
        cells = [whole, *(count[name] for name in (*OUTCOMES, "explained")), f"{share:.1f}"]
        table.add_row(row, *map(str, cells))
    return table


if __name__ == "__main__":
    main()
