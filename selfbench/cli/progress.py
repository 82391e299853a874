"""One line per cell, and a bar while it works where there is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from selfbench.stages.run import Advance

console = Console(stderr=True, highlight=False)


@contextmanager
def bar(title: str) -> Iterator[tuple[Advance, Callable[[str], None]]]:
    """Show a bar titled `title`; yield what moves it and what shows a line beside the title.

    Without a terminal nothing is drawn.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(title, total=None)
        yield (
            lambda done, total: progress.update(task, completed=done, total=total),
            lambda text: progress.update(task, description=f"{title}: {text}"),
        )


def say(text: str) -> None:
    """Print a line about the work; results go to standard output, this goes to standard error."""
    console.print(text, markup=False, soft_wrap=True)
