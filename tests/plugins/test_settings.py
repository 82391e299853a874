import pytest

from selfbench.errors import UsageError
from selfbench.plugins.settings import (
    check_scopes,
    common_settings,
    own_settings,
    scoped_settings,
)

SETTINGS = {"gain": "1", "cis.gain": "2", "youtube-objects-v2.2.frames": "3"}


def test_settings_for_all_and_for_one():
    assert common_settings(SETTINGS) == {"gain": "1"}
    assert own_settings(SETTINGS, "cis") == {"gain": "2"}
    assert own_settings(SETTINGS, "youtube-objects-v2.2") == {"frames": "3"}
    assert scoped_settings(SETTINGS, "cis") == {"cis.gain": "2"}
    assert common_settings(SETTINGS) | scoped_settings(SETTINGS) == SETTINGS


def test_a_scope_that_is_no_selected_plugin():
    check_scopes(SETTINGS, ["cis", "youtube-objects-v2.2"])
    with pytest.raises(UsageError, match=r"--set cis\.gain: 'cis' is not .* Did you mean cos"):
        check_scopes(SETTINGS, ["cos", "youtube-objects-v2.2"])
