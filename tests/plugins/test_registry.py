import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from selfbench.contracts import Ablation, Dataset, Method, Variant
from selfbench.errors import SelfbenchError, UsageError
from selfbench.plugins.registry import KINDS, Entry, Registry


@pytest.mark.parametrize("entry", Registry().entries, ids=lambda e: f"{e.kind}-{e.name}")
def test_every_registered_plugin_is_complete(entry):
    loaded = entry.load()
    assert loaded.name == entry.name, "the entry point and the class must agree"
    summary, error = entry.describe()
    assert summary and not error
    if isinstance(loaded, (Ablation, Variant)):
        return
    if entry.kind in ("methods", "datasets"):
        for name, field in loaded.Params.model_fields.items():
            assert field.description, f"{entry.name}.{name} has no description"
        if not any(field.is_required() for field in loaded.Params.model_fields.values()):
            loaded.Params()
    if issubclass(loaded, Dataset):
        assert loaded.licence, "a dataset states its licence"
        assert loaded.citation.startswith("@") or loaded.name == "folder", (
            "BibTeX, but for one's own"
        )
        assert set(loaded.metrics) <= {e.name for e in Registry().of("metrics")}
    if issubclass(loaded, Method):
        for preset in loaded.presets.values():
            loaded.Params(**preset)
    if entry.kind == "metrics":
        assert loaded.protocol


def test_listing_imports_no_plugin():
    script = (
        "import sys; from selfbench.plugins.registry import Registry, KINDS\n"
        "r = Registry(); [e.describe() for k in KINDS for e in r.of(k)]\n"
        "heavy = {'torch', 'torchvision', 'timm', 'cv2', 'pandas', 'numpy', 'av', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(done.stdout) == []


def test_unknown_name_gets_the_nearest(toys):
    with pytest.raises(UsageError, match="Did you mean bright"):
        toys.entry("methods", "brigth")


def test_select(toys):
    names = [entry.name for entry in toys.select("methods", ["bright*", "learner,bright"])]
    assert names == ["bright", "bright-x2", "learner"]
    with pytest.raises(UsageError, match="No method matches 'zzz"):
        toys.select("methods", ["zzz*"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import no_such_module_anywhere\n", "no_such_module_anywhere"),
        ("x = 1\n", "defines no Method"),
    ],
)
def test_a_broken_file_shows_its_error_and_disturbs_no_other(tmp_path, text, said):
    file = tmp_path / "mine.py"
    file.write_text(text)
    registry = Registry([file])
    assert said in registry.entry("methods", "mine").describe()[1]
    with pytest.raises(SelfbenchError, match=said):
        registry.entry("methods", "mine").load()
    assert registry.entry("methods", "videopca").load()
    with pytest.raises(UsageError, match=r"mine\.py is broken"):
        registry.entry("methods", "other")


def test_a_missing_file(tmp_path):
    registry = Registry([tmp_path / "nothing.py"])
    assert "there is no file" in registry.entry("methods", "nothing").error


def test_an_entry_point_to_nothing_shows_as_broken():
    entry = Entry("methods", "ghost", "selfbench.methods.ghost", "Ghost", "selfbench")
    assert "no module named" in entry.describe()[1]
    with pytest.raises(SelfbenchError, match="cannot be loaded"):
        entry.load()
    assert "no class" in Entry("methods", "x", "selfbench.errors", "Ghost", "").describe()[1]


def test_plugin_files_may_import_their_neighbours(tmp_path):
    (tmp_path / "neighbour_of_plug.py").write_text("GAIN = 3\n")
    file = tmp_path / "with_neighbour.py"
    file.write_text(
        "from neighbour_of_plug import GAIN\nfrom selfbench import Method\n"
        "class M(Method):\n    'Uses a neighbour.'\n    name = 'uses-neighbour'\n    gain = GAIN\n"
    )
    assert Registry([file]).entry("methods", "uses-neighbour").load().gain == 3


@pytest.mark.parametrize("kind", KINDS)
def test_everything_in_pyproject_is_registered(kind):
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    section = text.partition(f'[project.entry-points."selfbench.{kind}"]\n')[2].partition("\n[")[0]
    lines = [line for line in section.splitlines() if " = " in line and line[0] != "#"]
    names = {line.partition(" = ")[0].strip('"') for line in lines}
    installed = importlib.metadata.distribution("selfbench").entry_points
    assert names == {point.name for point in installed if point.group == f"selfbench.{kind}"}
