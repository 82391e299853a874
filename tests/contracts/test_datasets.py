from pathlib import Path

from selfbench.contracts import Count, Dataset, Where


def test_what_a_dataset_need_not_say():
    data = Dataset(None, Where(None, Path()))
    assert data.location() is None and data.holds("train") and list(data.files()) == []
    assert data.expected("train") == Count() == (None, None, None)
    Listed = type("Listed", (Dataset,), {"counts": {"test": Count(2, 10, 10)}})
    assert Listed(None, data.where).expected("test").frames == 10
