"""The command `selfbench`: its verbs, and the one place where errors become a sentence."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import typer

from selfbench.cli.verbs.ablate import ablate
from selfbench.cli.verbs.apply import apply
from selfbench.cli.verbs.data import app as data
from selfbench.cli.verbs.evaluate import evaluate
from selfbench.cli.verbs.list import list_plugins
from selfbench.cli.verbs.report import report
from selfbench.cli.verbs.run import run
from selfbench.cli.verbs.score import score
from selfbench.cli.verbs.verify import verify
from selfbench.errors import SelfbenchError

INTERRUPTED = 130  # exit code, as shells have it

app = typer.Typer(
    help="Train, run and compare methods that segment the moving object in video without labels.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run)
app.command("score")(score)
app.command("report")(report)
app.command("ablate")(ablate)
app.command("list")(list_plugins)
app.command("evaluate")(evaluate)
app.command("apply")(apply)
app.add_typer(data, name="data")
app.command("verify")(verify)


@app.callback(invoke_without_command=True)
def _shared(
    context: typer.Context,
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks."),
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        import selfbench

        typer.echo(selfbench.__version__)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    words = [word for word in given if word != "--debug"]  # it may stand anywhere
    try:
        code = app(words, prog_name="selfbench", standalone_mode=False) or 0
        if code == INTERRUPTED:  # typer turned Ctrl-C into a mere number
            raise KeyboardInterrupt
        sys.exit(code)
    except (KeyboardInterrupt, typer.Abort):
        _fail("Interrupted; what was finished is kept, the same command continues.", INTERRUPTED)
    except SelfbenchError as error:
        _show_trace(given)
        _fail(str(error), error.code)
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of typer, or of the click it uses
            _fail(error.format_message(), 2)
        _show_trace(given)
        hint = "" if "--debug" in given else " (--debug shows where)"
        _fail(f"{type(error).__name__}: {error}{hint}", 1)


def _show_trace(given: list[str]) -> None:
    if "--debug" in given:
        traceback.print_exc()


def _fail(text: str, code: int) -> None:
    typer.echo(f"error: {text}", err=True)
    sys.exit(code)
