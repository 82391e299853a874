import pytest

from selfbench.contracts import Ablation, AblationRow
from selfbench.errors import DataError, UsageError
from selfbench.stages.plan import data_places, plan_ablation, plan_cells


def plans(toys, methods, settings=None, preset=None, datasets=("toy",), seeds=(0,)):
    return plan_cells(
        toys, methods, list(datasets), list(seeds), settings or {}, preset, data_places(None)
    )


def test_every_combination(toys):
    made = plans(toys, ["bright*"], seeds=(0, 1))
    assert [(p.cell.method, p.cell.seed) for p in made] == [
        ("bright", 0), ("bright", 1), ("bright-x2", 0), ("bright-x2", 1),
    ]  # fmt: skip


def test_a_variant_is_a_method_plus_overrides(toys):
    (plan,) = plans(toys, ["bright-x2"])
    assert plan.method.params.gain == 2.0
    assert plan.changed["method"] == {}
    (plan,) = plans(toys, ["bright-x2"], {"gain": "3"})
    assert plan.changed["method"] == {"gain": 3.0}


def test_presets(toys):
    (plan,) = plans(toys, ["bright"], preset="strong")
    assert plan.method.params.gain == 2.0
    assert plan.changed["method"] == {"preset": "strong"}
    with pytest.raises(UsageError, match=r"no preset 'stron'.* Did you mean strong"):
        plans(toys, ["bright"], preset="stron")


def test_scoped_settings_reach_one_plugin_only(toys):
    one, other = plans(toys, ["bright", "learner"], {"bright.gain": "3", "toy.clips": "1"})
    assert (one.method.params.gain, other.method.params.gain) == (3.0, 1.0)
    assert len(one.dataset.clips("test")) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gian": "1"}, "Did you mean gain"),
        ({"gain": "-1"}, "greater than 0"),
        ({"gain": "much"}, "valid number"),
        ({"toys.clips": "1"}, "'toys' is not a selected method or dataset. Did you mean toy"),
        ({"toy.clips": "99"}, "less than or equal to 5"),
    ],
)
def test_wrong_settings(toys, settings, said):
    with pytest.raises(UsageError, match=said):
        plans(toys, ["bright"], settings)


def test_a_data_root_that_is_none(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        data_places(tmp_path / "nowhere")


def test_a_row_may_change_the_dataset(toys):
    rows = (AblationRow("few", {}, data={"clips": 1}), AblationRow("usual", {}))
    ablation = Ablation("data", "bright", "How much data", rows)

    def plan(settings):
        return plan_ablation(toys, ablation, ["toy"], [0], settings, None, data_places(None))

    (few,), (usual,) = plan({}).values()
    assert few.changed["dataset"] == {"clips": 1} and usual.changed["dataset"] == {}
    assert few.cell.key != usual.cell.key
    with pytest.raises(UsageError, match=r"--set toy\.clips: the rows of the ablation 'data'"):
        plan({"toy.clips": "3"})
