import pickle

import numpy as np

from selfbench.store.arrays import Mapped, mapped, write_header


class Images(Mapped):
    def __init__(self, frames, name):
        self.frames, self.name = frames, name


def test_pieces_make_a_whole_array(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
    with (tmp_path / "a.npy").open("wb") as file:
        write_header(file, array.shape, "|u1")
        for part in array:
            file.write(part.tobytes())
    back = mapped(tmp_path / "a.npy")
    assert isinstance(back, np.memmap) and (back == array).all()
    assert mapped(tmp_path / "a.npy") is back


def test_mapped_arrays_travel_as_the_name_of_their_file(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((100, 100)))
    images = Images(np.load(tmp_path / "a.npy", mmap_mode="r"), "x")
    sent = pickle.dumps(images)
    assert len(sent) < 1000
    back = pickle.loads(sent)
    assert isinstance(back.frames, np.memmap) and back.frames.sum() == 10_000 and back.name == "x"
