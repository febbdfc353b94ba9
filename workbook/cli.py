"""The command line: ``isomargin``. Each command lives in a file of its own in ``commands``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Any

import click

# One thread for NumPy's linear algebra, unless somebody asks for more: there are no large matrices
# here, and a second thread costs a tenth of a second at the start. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from addin.package.gc_paused import gc_paused

with gc_paused(all_is_kept=True):
    from udfs.version import __version__
    from workbook.commands.failure import Failure
    from workbook.commands.groups import LazyGroup

# Command to module; a command's imports cost nothing until it is the one that runs.
COMMANDS = {
    "new": "workbook.commands.new",
    "fill": "workbook.commands.fill",
    "calc": "workbook.commands.calc",
    "journal": "workbook.commands.journal",
    "review": "workbook.commands.review",
    "refresh": "workbook.commands.refresh",
    "eval": "workbook.commands.evaluate",
    "grid": "workbook.commands.grid",
    "functions": "workbook.commands.functions",
    "build": "workbook.commands.build",
    "show": "workbook.commands.show",
    "share": "workbook.commands.share",
    "desk": "workbook.commands.desk",
    "repair": "workbook.commands.repair",
    "upgrade": "workbook.commands.upgrade",
    "open": "workbook.commands.open",
    "install": "workbook.commands.install",
    "doctor": "workbook.commands.doctor",
}


# Set to anything, it shows where an error came from that nobody foresaw.
TRACEBACK = "ISOMARGIN_TRACEBACK"


# A command of commands alone shows its help; click before 8.2 does that without an exception.
_NO_ARGUMENTS: type[click.UsageError] | tuple[()] = getattr(
    click.exceptions, "NoArgsIsHelpError", ()
)


class Commands(LazyGroup):
    """All commands; what a person can correct is told in one line."""

    modules = COMMANDS

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what a person can correct becomes one line without a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except MemoryError as error:
            raise Failure("there is not enough memory for that: give a smaller file") from error
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{place}{error.strerror or error}") from error
        except Exception as error:
            # Only now, when there is an error: no command has to wait for the import.
            from udfs.errors import IsomarginError

            if isinstance(error, IsomarginError):
                raise Failure(str(error)) from error
            if TRACEBACK in os.environ:
                raise
            raise Failure(_unforeseen(error)) from error


def _unforeseen(error: Exception) -> str:
    """A mistake of this program in one line."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = (
        f" at {at.tb_frame.f_code.co_filename.rpartition(os.sep)[2]}:{at.tb_lineno}" if at else ""
    )
    return (
        f"this should not happen ({type(error).__name__}{where}: {error}): please report it with"
        f" what {TRACEBACK}=1 shows"
    )


# What a person needs on most days; all the others are in --help.
FIRST = """\
isomargin plans isolated-margin trades in a workbook, and keeps its journal.

  isomargin new plan.xlsx             an empty workbook: fill the yellow cells
  isomargin calc plan.xlsx            computes it; nothing but values changes
  isomargin open plan.xlsx            in the spreadsheet program that is there
  isomargin journal take plan.xlsx 1  row 1 becomes a trade (then: close)
  isomargin eval '=ISO_POSITION_SIZE(10000,2%,100,96)'

Try the worked example: isomargin new --example example.xlsx
All commands: isomargin --help; one of them: isomargin calc --help"""


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="isomargin")
@click.pass_context
def isomargin(ctx: click.Context) -> None:
    """Plan isolated-margin trades in a workbook: liquidation, size, carry, exits, journal."""
    if ctx.invoked_subcommand is None:
        click.echo(FIRST)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 0 = done, 1 = a check or formula failed, 2 = wrong use."""
    atexit.register(gc.freeze)  # nothing is left to be freed where the process ends
    try:
        code = isomargin.main(arguments, prog_name="isomargin", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("isomargin: stopped", err=True)
        code = 130
    except _NO_ARGUMENTS as error:
        click.echo(error.format_message())
        code = 2
    except click.UsageError as error:
        about = error.ctx.command_path if error.ctx else "isomargin"
        click.echo(f"{about}: {_one_line(error)} ({about} --help)", err=True)
        code = 2
    except click.ClickException as error:
        click.echo(f"isomargin: {_one_line(error)}", err=True)
        code = error.exit_code
    except BrokenPipeError:  # somebody piped into head: nothing is wrong
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _one_line(error: click.ClickException) -> str:
    from workbook.terminal import one_line

    return one_line(error.format_message())


if __name__ == "__main__":
    main()
