"""The digest of what a plug-in computes: of its own files and every project file that they use.

Found by reading sources, without importing anything, so that the key of a cell changes when a
shared helper changes, and with nothing else. What counts:

- Files count by their syntax (`syntax.py`), not by their text, name or place: one that moves as it
  is changes nothing. Which of them a name comes from does count: they are numbered in the order in
  which they are reached.
- `from package import name` counts the file that defines `name`, not the package's other files. The
  `__init__.py` of a package counts where it holds more than imports and metadata.
- Imports count wherever they stand, but under `if TYPE_CHECKING:`. Modules of other projects count
  by name. What is imported by a name that is made up while running is not seen.
- `HARNESS` never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from selfbench.plugins.source.modules import HOUSE, Origin, Project
from selfbench.store.digest import digest_text

# What declares and calls plug-ins, keeps what they return and shows it. None of it changes what a
# method makes of the same frames, parameters and seed. What comes before and after (how datasets
# decode frames, `Run.rng`, masks of 8 bits) belongs to `FORMAT` in store/cell_folder.py, which is
# raised by whoever changes what comes of it.
HARNESS = (
    "selfbench.errors",
    "selfbench.params",
    "selfbench.contracts",
    "selfbench.store",
    "selfbench.plugins",
    "selfbench.checks",
    "selfbench.stages",
    "selfbench.launchers",
    "selfbench.api",
    "selfbench.cli",
    "selfbench.training.checkpoint",  # these two write down what a training does
    "selfbench.training.log",
)
# What computes in there after all: areas of masks, and the means over clips that metrics inherit.
COMPUTING = ("selfbench.contracts.bitmask", "selfbench.contracts.metrics")


def source_digest(module: str, file: Path | None = None, attribute: str = "") -> str:
    """Return a digest of what `module` and every project module it imports compute.

    Project modules are those of the same top-level package, those of selfbench, and, for a
    plug-in that is a single file, the files beside it.

    Args:
        module: dotted name of the plug-in's module.
        file: its source file, for a plug-in that is not installed.
        attribute: the plug-in's name in the module; by default all of the module is meant.
    """
    return digest_text(*(text for _, text in _walk(module, file, attribute)))


def closure(module: str, file: Path | None = None, attribute: str = "") -> list[str]:
    """Return the names of the modules that `source_digest` covers."""
    return [name for name, _ in _walk(module, file, attribute) if name]


def _walk(module: str, file: Path | None, attribute: str) -> Iterator[tuple[str, str]]:
    """Yield the module and the text of each part of a digest; the first is of no module."""
    project = Project(module, file)
    reached: list[str] = []  # a module's number is its place in here

    def spelt(used: Iterable[tuple[str, Origin]]) -> str:
        lines = []
        # In the order of what names are called, whatever the order of the import statements.
        for called, origin in sorted(used, key=lambda item: (item[0], item[1].name)):
            place: str | int = origin.module
            if project.source(origin.module):
                if not _counts(origin.module):
                    continue
                if origin.module not in reached:
                    reached.append(origin.module)
                place = reached.index(origin.module)
            lines.append(f"{called} = {origin.name} of {place}")
        return "\n".join(lines)

    yield "", spelt(("", origin) for origin in project.origins(module, attribute))
    for name in reached:  # grows meanwhile
        source = project.source(name)
        assert source is not None
        yield name, f"{source.digest}\n{spelt(project.uses(name, source))}"


def _counts(module: str) -> bool:
    parts = module.split(".")
    around = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return module in COMPUTING or (module != HOUSE and around.isdisjoint(HARNESS))
