import json


def test_all_kinds_with_their_first_lines(cli):
    done = cli("list")
    assert done.code == 0
    for word in ("methods", "videopca", "davis-2016", "fs-singles-sim", "CorLoc", "comparison"):
        assert word in done.out
    assert "Bright pixels are foreground." in done.out


def test_one_kind(cli):
    assert "davis-2016" not in cli("list", "methods").out


def test_json(cli):
    records = json.loads(cli("list", "--format", "json").out)
    (bright,) = [r for r in records if r["name"] == "bright"]
    assert bright["kind"] == "methods" and bright["error"] is None
    (full,) = json.loads(cli("list", "bright", "--format", "json").out)
    assert full["parameters"]["gain"]["default"] == 1.0


def test_one_plugin_with_its_parameters(cli):
    done = cli("list", "bright")
    assert "gain = 1.0  (≤ 10, > 0)" in done.out or "gain = 1.0  (> 0, ≤ 10)" in done.out
    assert "Factor on the brightness." in done.out
    assert "variant of: bright" in cli("list", "bright-x2").out


def test_an_unknown_name(cli):
    done = cli("list", "videopc")
    assert done.code == 2 and "Did you mean videopca?" in done.err


def test_a_broken_plugin_shows_beside_the_others(cli, tmp_path):
    broken = tmp_path / "mine.py"
    broken.write_text("raise RuntimeError('half finished')\n")
    done = cli("list", "--plugin", broken)
    assert done.code == 0
    assert "BROKEN: RuntimeError: half finished" in done.out and "videopca" in done.out
