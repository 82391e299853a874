import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.methods.student_teacher.ensembles import (
    as_mask,
    multi_net,
    multi_select,
    similarity,
    student_masks,
)
from selfbench.methods.student_teacher.settings import StudentTeacherParams

unit = st.floats(0, 1, width=32)


@settings(deadline=None)
@given(arrays(np.float32, (5, 2, 1, 3, 3), elements=unit))
def test_multi_net_is_the_product_and_its_mask_has_the_same_order(masks):
    product = multi_net(torch.from_numpy(masks))
    assert np.allclose(product.numpy(), np.prod(masks, axis=0))
    mask = as_mask(product, 5).numpy().ravel()
    order = np.argsort(product.numpy().ravel(), kind="stable")
    assert (np.diff(mask[order]) >= 0).all()
    assert np.allclose(mask**5, product.numpy().ravel(), atol=1e-5)


def test_similarity_is_the_cosine_and_0_of_an_empty_mask():
    one, other = torch.rand(2, 1, 4, 4), torch.rand(2, 1, 4, 4)
    one[1] = 0
    a, b = one[0].numpy().ravel(), other[0].numpy().ravel()
    expected = a @ b / np.sqrt(a @ a) / np.sqrt(b @ b)
    assert np.allclose(similarity(one, other).numpy(), [expected, 0], atol=1e-6)


def test_multi_select_takes_each_images_best_mask():
    masks = torch.arange(6.0).view(3, 2, 1, 1, 1)  # student s of image n: 2 s + n
    scores = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.3]])
    assert multi_select(masks, scores).flatten().tolist() == [2.0, 1.0]


def test_students_speak_in_label_units_and_are_clipped():
    class Says(torch.nn.Module):
        def forward(self, image):
            return torch.full((len(image), 1, 16, 16), 400.0) * image.mean()

    params = StudentTeacherParams(size=32, label_scale=200)
    image = torch.full((1, 3, 32, 32), 0.25)
    assert student_masks({"fconv-net": Says()}, image, params).unique().tolist() == [0.5]
    assert student_masks({"fconv-net": Says()}, 4 * image, params).unique().tolist() == [1.0]
