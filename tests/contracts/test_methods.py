from pathlib import Path

import pytest

from selfbench.contracts import Clip, Method, Run


def test_random_numbers_depend_on_seed_and_labels_alone():
    def draw(seed, *labels):
        return float(Run(seed, Path(), None).rng(*labels).uniform())

    assert draw(0, "a", 1) == draw(0, "a", 1)
    assert len({draw(0, "a"), draw(1, "a"), draw(0, "b"), draw(0, "a", 1), draw(0)}) == 5


def test_a_method_that_names_no_teacher_has_none():
    with pytest.raises(LookupError, match="names no teacher"):
        Run(0, Path(), None).teacher(Clip("a", []))


def test_a_method_need_only_predict():
    method = Method(None)
    assert method.fit([], Run(0, Path(), None)) is None and method.supervision == ()
    with pytest.raises(NotImplementedError):
        method.predict(Clip("a", []), Run(0, Path(), None))
