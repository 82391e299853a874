import errno
import os

import pytest

from selfbench.errors import StoreError
from selfbench.store.atomic import replacing, storing, write_bytes, write_text


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "new" / "file"
    write_text(path, "ä")
    with pytest.raises(ZeroDivisionError), replacing(path) as part:
        part.write_text("half")
        assert path.read_text(encoding="utf-8") == "ä"
        raise ZeroDivisionError
    assert path.read_text(encoding="utf-8") == "ä"
    write_bytes(path, b"b")
    assert [p.name for p in path.parent.iterdir()] == ["file"] and path.read_bytes() == b"b"


@pytest.mark.parametrize(
    ("number", "text"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the file system is read-only"),
     (errno.EACCES, "permission is denied"), (errno.EDQUOT, "the disk quota is used up")],
)  # fmt: skip
def test_refusals_of_the_system_are_sentences(tmp_path, number, text):
    said = f"Cannot write to .*: {text}; .* with --output"
    with pytest.raises(StoreError, match=said), storing(tmp_path, "--output"):
        raise OSError(number, os.strerror(number))


def test_other_errors_of_the_system_stay_what_they_are(tmp_path):
    with pytest.raises(OSError, match="bad address"), storing(tmp_path):
        raise OSError(errno.EFAULT, "bad address")
