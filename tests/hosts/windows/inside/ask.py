"""Asks formulas of one or more Python servers: ``ask.py JOB ANSWERS``.

The job, in JSON: ``commands`` by name, each what the VBA of a workbook would start, and ``steps``,
one list each: ``["start", name]``, ``["exec", name, statement]``, ``["udf", name, formula,
arguments]``, ``["time", name, formula, arguments, count]``, ``["kill", name]``. The answers hold a
value or ``{"fault": number, "words": ...}`` for each step.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.hosts.windows.inside.python_server import ComFault, PythonServer, load_dll, stop
from tests.hosts.windows.inside.variants import CellErrorValue, Missing, Row


def from_json(value: Any) -> Any:
    """A value of a job as VBA would hold it."""
    if isinstance(value, dict):
        if "cverr" in value:
            return CellErrorValue(value["cverr"])
        if "row" in value:
            return Row(map(from_json, value["row"]))
        return Missing
    if isinstance(value, list):
        return [[from_json(cell) for cell in row] for row in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


class Session:
    """The servers of one job, by name."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._dll = load_dll(Path(sys.executable), job["xlwings"])
        self._servers: dict[str, PythonServer] = {}

    def step(self, what: str, name: str, *given: Any) -> Any:
        """One step of the job."""
        try:
            return getattr(self, f"_{what}")(name, *given)
        except ComFault as fault:
            return {"fault": fault.number, "words": fault.words}

    def _start(self, name: str) -> float:
        begun = time.perf_counter()
        self._servers[name] = PythonServer(self._dll, self._job["commands"][name])
        return time.perf_counter() - begun

    def _exec(self, name: str, statement: str) -> Any:
        return self._servers[name].call("Exec", statement)

    def _udf(self, name: str, formula: str, arguments: list[Any]) -> Any:
        return self._servers[name].udf(formula, list(map(from_json, arguments)))

    def _time(self, name: str, formula: str, arguments: list[Any], count: int) -> list[float]:
        given = list(map(from_json, arguments))
        found = []
        for _ in range(count):
            begun = time.perf_counter()
            self._servers[name].udf(formula, given)
            found.append(time.perf_counter() - begun)
        return found

    def close(self) -> None:
        """End every server that was started."""
        for name in self._servers:
            stop(self._dll, self._job["commands"][name])

    def _kill(self, name: str) -> Any:
        return self._servers[name].call("Exec", "import os; os._exit(3)")


def main(job_file: str, answers_file: str) -> None:
    """Run a job's steps and write their answers."""
    job = json.loads(Path(job_file).read_text("utf-8"))
    session = Session(job)
    try:
        answers = []
        for number, step in enumerate(job["steps"]):
            # Who waits for the answers sees from this that there is progress.
            print(
                f"step {number}: {' '.join(map(str, step[:3]))[:100]}", file=sys.stderr, flush=True
            )
            answers.append(session.step(*step))
        Path(answers_file).write_text(json.dumps(answers), "utf-8")
    finally:
        session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
