import pytest

from selfbench.plugins import outline as module
from selfbench.plugins.outline import keep_outlines, outline

SOURCE = """
from pydantic import Field as F
from selfbench import Variant

class One:
    '''What it is.

    More.
    '''

two = Variant(name="two", method="one", overrides={}, summary="The other one.")
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFBENCH_CACHE", str(tmp_path / "cache"))
    module._kept.cache_clear()
    path = tmp_path / "plug.py"
    path.write_text(SOURCE)
    return path


def test_classes_variants_and_what_comes_from_elsewhere(file):
    assert outline(file) == {
        "F": ("", "pydantic:Field"),
        "Variant": ("", "selfbench:Variant"),
        "One": ("What it is.", ""),
        "two": ("The other one.", ""),
    }


def test_a_file_is_parsed_once_until_it_changes(file, monkeypatch):
    first = outline(file)
    keep_outlines()
    module._kept.cache_clear()  # another start

    def never(path):
        raise AssertionError("it was parsed already")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_parse", never)
        assert {name: tuple(of) for name, of in outline(file).items()} == first
    file.write_text(SOURCE.replace("What it is", "What it was"))
    assert outline(file)["One"][0] == "What it was."


def test_a_broken_file_or_cache(file, tmp_path):
    file.write_text("class One(:\n")
    with pytest.raises(SyntaxError):
        outline(file)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "outlines.json").write_text("{")
    module._kept.cache_clear()
    file.write_text("class One: pass\n")
    assert outline(file) == {"One": ("", "")}
