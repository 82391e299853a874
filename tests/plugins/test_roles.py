import pytest

from selfbench.errors import SelfbenchError
from selfbench.plugins.registry import Registry
from selfbench.plugins.roles import role


@pytest.mark.parametrize(
    ("name", "kind"),
    [("table", "reports"), ("figure", "reports"), ("ablation", "reports"), ("footage", "datasets")],
)
def test_every_role_has_a_plugin(name, kind):
    assert Registry().entry(kind, role(name)).load()


def test_the_dataset_of_footage_knows_a_path():
    assert "path" in Registry().entry("datasets", role("footage")).load().Params.model_fields


def test_a_role_that_nobody_has():
    with pytest.raises(SelfbenchError, match="No installed plug-in has the role 'cook'"):
        role("cook")
