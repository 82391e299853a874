import pytest

from selfbench.contracts import Ablation, AblationRow


def test_rows_have_labels_of_their_own():
    rows = (AblationRow("a", {"x": 1}), AblationRow("a", {"x": 2}))
    with pytest.raises(ValueError, match="two rows of the ablation 'n' have the same label"):
        Ablation("n", "m", "s", rows)
