"""``python -m tests.fuzz``: every property over as many inputs as time allows; prints a table."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .target import Target, Tried, run
from .test_fuzz import TARGETS

_ROUND = 1_000  # inputs between two looks at the clock
_BY_NAME = {target.name: target for target in TARGETS}


@click.command()
@click.option("--minutes", type=float, default=2.0, show_default=True, help="For each target.")
@click.option("--examples", type=int, help="Inputs for each target, instead of minutes.")
@click.option("--only", type=click.Choice(list(_BY_NAME)), multiple=True, help="Just this target.")
@click.option("--quick", is_flag=True, help="As many inputs as in the tests.")
@click.option("--seed", type=int, help="The same inputs again.  [default: other ones each time]")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here.")
@click.option("--here", type=click.Path(path_type=Path), hidden=True)
def main(
    minutes: float, examples: int | None, only: tuple[str, ...], quick: bool, seed: int | None,
    path: Path | None, here: Path | None,
) -> None:  # fmt: skip
    """Try any input on every target; exit 1 where one raised, hung or ended the program."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    if here is not None:
        (name,) = only
        count = _BY_NAME[name].examples if quick else examples
        with here.with_suffix(".input").open("w", encoding="utf-8", errors="replace") as file:
            tried = _try(_BY_NAME[name], minutes, count, seed, file)
        here.write_text(json.dumps(asdict(tried)))
        return
    options = ["--minutes", str(minutes), "--seed", str(seed)]
    options += ["--examples", str(examples)] if examples else []
    options += ["--quick"] if quick else []
    results = {}
    for name in only or tuple(_BY_NAME):
        results[name] = _apart(name, options)
        click.echo(f"{name}: {results[name].inputs:,} inputs", err=True)
        if results[name].failure:
            click.echo(results[name].failure, err=True)
    Console(width=None if sys.stdout.isatty() else 120).print(_table(results))
    if path is not None:
        document = {"seed": seed, "targets": {name: asdict(one) for name, one in results.items()}}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if any(one.failure for one in results.values()) else 0)


def _apart(name: str, options: list[str]) -> Tried:
    """A target in a process of its own: an input that ends the process is a failure like others."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "result.json"
        command = [sys.executable, "-m", "tests.fuzz", *options, "--only", name, "--here", here]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if here.exists():
            return Tried(**json.loads(here.read_text()))
        last = here.with_suffix(".input").read_text(encoding="utf-8")
        return Tried(failure=f"ended with {done.returncode} on {last}\n{done.stderr[:3000]}")


def _try(target: Target, minutes: float, examples: int | None, seed: int, file: TextIO) -> Tried:
    """Rounds of inputs, each with a seed of its own, until it is enough or one fails."""

    def note(value: str) -> None:
        file.seek(0)
        file.write(value)
        file.truncate()
        file.flush()

    total = Tried()
    start = time.perf_counter()
    while not total.failure:
        left = examples - total.inputs if examples else _ROUND
        if left <= 0 or (not examples and time.perf_counter() - start >= minutes * 60):
            break
        try:
            total.add(run(target, min(left, _ROUND, target.examples * 10), seed=seed, note=note))
        except BaseException as error:
            total.failure = "".join(traceback.format_exception(error, limit=-8, chain=False))
        seed += 1
    total.seconds = time.perf_counter() - start
    return total


def _table(results: dict[str, Tried]) -> Table:
    table = Table(title=f"{sum(one.inputs for one in results.values()):,} inputs")
    for header in ("target", "inputs", "seconds", "slowest, s", "slowest input", "failed"):
        table.add_column(header, justify="right" if header in ("inputs", "seconds") else "left")
    for name, one in results.items():
        table.add_row(
            name, f"{one.inputs:,}", f"{one.seconds:.0f}", f"{one.slowest:.2g}",
            escape(one.slowest_input[:60]), "yes" if one.failure else "no",
        )  # fmt: skip
    return table


if __name__ == "__main__":
    main()
