"""What makes a trained model stale and what must not, tried on a copy of all sources.

The plug-ins that run are the installed ones; only their sources are read from the copy.
"""

import ast
import importlib.metadata
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import selfbench
from selfbench.contracts import Run
from selfbench.plugins.files import locate
from selfbench.plugins.source import closure
from selfbench.plugins.source.digest import COMPUTING, HARNESS, source_digest
from selfbench.stages.plan import data_places, plan_cells
from selfbench.store.cell_folder import FORMAT, cell_key

HOUSE = Path(selfbench.__file__).parent
METHODS = ["mog2", "videopca", "proposal-is", "cis", "student-teacher"]
LEARN = {"proposal-is", "cis", "student-teacher"}
Change = Callable[[str], str]


class Copy:
    """A copy of the package that can be changed and put back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[Path, str] = {}

    def files(self, place: str) -> list[Path]:
        path = self.root / place
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        assert files, f"there is no {place} any more"
        return files

    def change(self, place: str, change: Change) -> None:
        for path in self.files(place):
            text = self.texts.setdefault(path, path.read_text())
            path.write_text(change(text))
            assert path.read_text() != text, f"{path} was to be changed"

    def restore(self) -> None:
        for path, text in self.texts.items():
            path.write_text(text)
        self.texts.clear()


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("sources") / "selfbench"
    shutil.copytree(HOUSE, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def copy(copied, monkeypatch) -> Iterator[Copy]:
    monkeypatch.syspath_prepend(copied.parent)
    assert locate("selfbench.methods.mog2") == copied / "methods" / "mog2.py"
    copy = Copy(copied)
    yield copy
    copy.restore()


@pytest.fixture
def keys(toys) -> Callable[..., dict[str, str]]:
    def of(settings: dict[str, str] | None = None, dataset: str = "toy") -> dict[str, str]:
        plans = plan_cells(toys, METHODS, [dataset], [0], settings or {}, None, data_places(None))
        return {plan.cell.method: plan.cell.key for plan in plans}

    return of


def stale(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {method for method in before if before[method] != after[method]}


def with_a_constant(text: str) -> str:
    return f"{text}\nADDED = 1\n"


def with_another_number(text: str) -> str:
    """The same file with the first number in a function changed."""
    tree = ast.parse(text)
    numbers = (
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    )
    next(numbers).value += 1
    return ast.unparse(tree)


def said_otherwise(text: str) -> str:
    """The same file with other docstrings, laid out in another way, without its comments."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            node.body[0].value.value = "Said in other words."
    return f"# A comment.\n{ast.unparse(tree)}\nif TYPE_CHECKING:\n    import selfbench.cli.main\n"


def test_comments_docstrings_and_layout_change_nothing(copy, keys):
    before = keys()
    copy.change("", said_otherwise)
    assert stale(before, keys()) == set()


@pytest.mark.parametrize(
    "place",
    [
        "__init__.py", "errors.py", "params.py", "contracts", "store", "plugins", "checks",
        "stages", "launchers", "api", "cli", "reports", "metrics", "datasets", "training/log.py",
        "training/checkpoint.py", "methods/sanity.py", "methods/maskrcnn.py",
    ],
)  # fmt: skip
def test_work_elsewhere_changes_nothing(copy, keys, place):
    before = keys()
    copy.change(place, with_a_constant)
    assert stale(before, keys()) == set()


def test_a_new_version_changes_nothing(copy, keys, monkeypatch):
    before = keys()
    copy.change("__init__.py", lambda text: f'{text}\n__version__ = "99"\n')
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99")
    assert stale(before, keys()) == set()


def test_the_description_of_a_parameter_changes_nothing(copy, keys):
    before = keys()
    copy.change("methods/mog2.py", lambda text: text.replace('description="', 'description="Now '))
    assert stale(before, keys()) == set()


@pytest.mark.parametrize(
    ("place", "methods"),
    [
        ("methods/mog2.py", {"mog2"}),
        ("methods/videopca/pca.py", {"videopca", "student-teacher"}),  # its teacher
        ("methods/proposal_is/geometry.py", {"proposal-is"}),
        ("methods/proposal_is/inpainting.py", {"proposal-is"}),
        ("methods/cis/losses.py", {"cis"}),
        ("methods/cis/networks.py", {"cis"}),
        ("methods/student_teacher/evalseg.py", {"student-teacher"}),
        ("methods/student_teacher/networks.py", {"student-teacher"}),
        ("vision/shots.py", {*METHODS} - {"mog2"}),
        ("vision/flow/estimators.py", LEARN - {"student-teacher"}),
        ("media/frames.py", LEARN),
        ("training/loop.py", LEARN),
        ("training/schedules.py", LEARN),
    ],
)
def test_a_number_makes_stale_what_computes_with_it(copy, keys, place, methods):
    before = keys()
    copy.change(place, with_another_number)
    assert stale(before, keys()) == methods


@pytest.mark.parametrize("method", METHODS)
def test_all_that_a_method_imports_of_what_computes_counts(toys, method):
    entry = toys.entry("methods", method)
    covered = closure(entry.module, entry.file, entry.attribute)
    own = [name for name in covered if name.startswith(entry.module)]
    assert own
    taken = {name for module in own for name in imported(locate(module))}
    computing = {
        name
        for name in taken
        if name.split(".")[1] in ("media", "vision", "training", "methods") and is_file(name)
    }
    assert computing - set(covered) - set(HARNESS) == set()


def imported(path: Path) -> Iterator[str]:
    """The modules of selfbench that a file imports, but for type checkers."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("selfbench."):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_file(module: str) -> bool:
    path = locate(module)
    return path is not None and path.name != "__init__.py"


def test_parameters_and_frames_count(keys):
    assert stale(keys(), keys({"mog2.history": "7"})) == {"mog2"}
    assert stale(keys(), keys({"videopca.components": "2"})) == {"videopca", "student-teacher"}
    assert stale(keys(), keys({"toy.clips": "3"})) == set(METHODS)


def test_a_seed_has_a_folder_of_its_own(toys):
    plans = plan_cells(toys, ["mog2"], ["toy"], [0, 1], {}, None, data_places(None))
    first, second = (plan.cell for plan in plans)
    assert first.key == second.key
    assert first.folder(Path("results")).parent == second.folder(Path("results")).parent
    assert first.folder(Path("results")) != second.folder(Path("results"))


def test_metrics_count_the_masks_and_means_they_inherit(copy):
    def digest() -> str:
        return source_digest("selfbench.metrics.region")

    before = digest()
    for place in ("contracts/bitmask.py", "contracts/metrics.py", "media/masks.py"):
        copy.change(place, with_a_constant)
        assert digest() != before
        copy.restore()
    for place in ("contracts/methods.py", "metrics/boundary.py", "stages", "reports"):
        copy.change(place, with_a_constant)
        assert digest() == before
        copy.restore()


def test_what_never_counts_exists():
    assert [name for name in (*HARNESS, *COMPUTING) if locate(name) is None] == []


def test_what_computes_uses_little_of_what_never_counts():
    """Whoever adds to this list makes sure that it changes no result, or raises `FORMAT`."""
    used = set()
    for room in ("methods", "media", "vision", "training"):
        for path in sorted((HOUSE / room).rglob("*.py")):
            used |= {name for name in imported(path) if is_file(name)}
    never = {name for name in used if name.startswith(HARNESS) and name not in COMPUTING}
    assert never - {"selfbench.errors", "selfbench.params"} == {
        "selfbench.plugins.workers",
        "selfbench.store.arrays",
        "selfbench.store.atomic",
        "selfbench.store.cell_folder",
        "selfbench.store.digest",
        "selfbench.store.places",
        "selfbench.store.processors",
        "selfbench.training.checkpoint",
        "selfbench.training.launch",
        "selfbench.training.log",
    }


def test_random_numbers_of_a_run_change_with_the_format_alone():
    assert FORMAT == 1
    drawn = {
        (seed, *labels): int(Run(seed, Path(), None).rng(*labels).bit_generator.random_raw())
        for seed, labels in [(0, ()), (1, ()), (0, ("clip", 7)), (0, ("é", "00001"))]
    }
    assert drawn == {
        (0,): 11749869230777074271,
        (1,): 9441442522235856127,
        (0, "clip", 7): 12335106508219272654,
        (0, "é", "00001"): 9762178140589874078,
    }


def test_keys_change_with_the_format_alone():
    assert FORMAT == 1
    assert cell_key({"b": [1.5, None, "é"], "a": {"d": True, "c": 1}}) == "d84e6a9ba329"
