"""Error images and the Gram matrix against direct formulas."""

import numpy as np

from selfbench.methods.videopca import pca


def test_error_images_equal_a_direct_svd():
    frames = np.random.default_rng(0).integers(0, 256, (9, 31, 40, 3), dtype=np.uint8)
    frames[4] //= 5  # a darker frame: the normalisation must undo it
    columns = frames.reshape(9, -1).T.astype(np.float64)  # (P, n)
    columns = (columns - columns.min(axis=0)) / np.ptp(columns, axis=0)
    columns -= columns.mean(axis=0)
    left, values, right = np.linalg.svd(columns, full_matrices=False)
    rebuilt = (left[:, :3] * values[:3]) @ right[:3]
    expected = np.linalg.norm((columns - rebuilt).T.reshape(frames.shape), axis=-1)
    background = pca.fit(frames, 3)
    computed = np.array([background.error(t, frame) for t, frame in enumerate(frames)])
    np.testing.assert_allclose(computed, expected, atol=2e-6)


def test_gram_matrix_is_exact():
    flat = np.random.default_rng(1).integers(0, 256, (5, 5000), dtype=np.uint8)
    flat[0] = 0  # with itself the largest products: nothing may be rounded away
    centred = flat.astype(np.int64) - 128
    computed = pca.gram(flat, scales=np.ones(5), means=np.full(5, 128.0))
    np.testing.assert_array_equal(computed, centred @ centred.T)
