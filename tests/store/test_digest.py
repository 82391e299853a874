"""Digests of files: what changes them, what does not, and what is kept."""

import os

import pytest

from selfbench.errors import DataError
from selfbench.store import digest
from selfbench.store.digest import digest_files, digest_text


def files(root, count=5):
    paths = [root / f"d/{i}.txt" for i in range(count)]
    for i, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(i))
    return paths


def test_order_kind_of_path_and_cache_do_not_matter(tmp_path):
    paths = files(tmp_path, 200)
    plain = digest_files(paths, tmp_path)
    assert digest_files(reversed(paths), tmp_path) == plain
    assert digest_files(map(str, paths), tmp_path) == plain
    for _ in range(2):
        assert digest_files(paths, tmp_path, tmp_path / "cache") == plain
    elsewhere = tmp_path / "moved"
    (tmp_path / "d").rename(elsewhere)
    elsewhere.rename(tmp_path / "d")
    assert digest_files(paths, tmp_path, tmp_path / "cache") == plain


def test_unchanged_files_are_not_read_again(tmp_path, monkeypatch):
    paths = files(tmp_path)
    first = digest_files(paths, tmp_path, tmp_path / "cache")
    monkeypatch.setattr(digest, "_digest_file", lambda path: pytest.fail(f"read {path}"))
    assert digest_files(paths, tmp_path, tmp_path / "cache") == first


@pytest.mark.parametrize("change", ["content", "time", "name", "more"])
def test_changed_files_are_read_again(tmp_path, change):
    paths = files(tmp_path)
    first = digest_files(paths, tmp_path, tmp_path / "cache")
    if change == "content":
        paths[0].write_text("x")
    if change == "time":  # the same content: read again, and the same digest
        os.utime(paths[0], ns=(1, 1))
    if change == "name":
        paths[0] = paths[0].rename(tmp_path / "d/x.txt")
    if change == "more":
        paths.append(tmp_path / "d/9.txt")
        paths[-1].write_text("9")
    second = digest_files(paths, tmp_path, tmp_path / "cache")
    assert (second == first) == (change == "time")
    assert second == digest_files(paths, tmp_path)


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path):
    paths = files(tmp_path)
    (tmp_path / "file").write_text("in the way")
    assert digest_files(paths, tmp_path, tmp_path / "file") == digest_files(paths, tmp_path)


def test_missing_files_and_foreign_folders(tmp_path):
    paths = files(tmp_path)
    paths[2].unlink()
    with pytest.raises(DataError, match=r"2\.txt cannot be read"):
        digest_files(paths, tmp_path)
    with pytest.raises(DataError, match=r"2\.txt cannot be read"):
        digest_files(paths, tmp_path, tmp_path / "cache")
    with pytest.raises(ValueError, match="subpath"):
        digest_files(paths, tmp_path / "cache")


def test_digests_follow_names_and_contents(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"1")
    b.write_bytes(b"2" * 3_000_000)
    first = digest_files([a, b], tmp_path)
    assert first == digest_files([b, a], tmp_path)
    assert len(first) == 32
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (moved / "a").write_bytes(b"1")
    b.replace(moved / "b")
    assert first == digest_files(moved.iterdir(), moved)
    assert first != digest_files([moved / "a"], moved)
    (moved / "a").write_bytes(b"3")
    assert first != digest_files(moved.iterdir(), moved)
    with pytest.raises(DataError, match="cannot be read"):
        digest_files([b], tmp_path)
    assert digest_text("ab", "c") != digest_text("a", "bc")
