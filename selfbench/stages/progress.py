"""The progress bar: one line per cell, and a bar while it works where somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Advance = Callable[[int, int], None]  # (frames done, frames in all)
Show = Callable[[str], None]  # a line beside the title


@dataclass(frozen=True)
class Progress:
    """Where the words about work go: standard error, for results go to standard output."""

    quiet: bool = False  # neither bars nor lines

    def _console(self) -> Console:
        from rich.console import Console

        return Console(stderr=True, highlight=False, quiet=self.quiet)

    @contextmanager
    def bar(self, title: str) -> Iterator[tuple[Advance, Show]]:
        """Show a bar; yield what moves it and what shows a line beside its title.

        Without a terminal nothing is drawn.
        """
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        console = self._console()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Bars(
            *columns,
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=self.quiet or not (console.is_terminal or console.is_jupyter),
        ) as bars:
            task = bars.add_task(title, total=None)
            yield (
                lambda done, total: bars.update(task, completed=done, total=total),
                lambda text: bars.update(task, description=f"{title}: {text}"),
            )

    def say(self, text: str) -> None:
        """Print a line about the work."""
        self._console().print(text, markup=False, soft_wrap=True)
