import re

from selfbench.store.provenance import environment, now, peak_memory_mb


def test_code_packages_and_machine_are_named():
    said = environment()
    assert re.fullmatch(r"\d+\.\d+\.\d+", said["selfbench"])
    assert said["packages"]["torch"] and said["packages"]["numpy"]
    assert said["cpus"] >= 1 and said["python"].count(".") == 2
    git = said["git"]
    assert git is None or (len(git["commit"]) == 40 and isinstance(git["dirty"], bool))


def test_memory_and_time():
    assert 10 < peak_memory_mb() < 100_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now())
