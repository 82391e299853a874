"""Students from segmentation-models-pytorch: built, trained, stored, and names that are refused."""

import numpy as np
import pytest
import torch

from selfbench.errors import UsageError
from selfbench.methods.student_teacher import StudentTeacher
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.smp import SMPStudent
from selfbench.params import build
from tests.methods.scenes import moving_square

SMALL = "smp-unet:tu-mobilenetv3_small_050"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        SMALL,
        "smp-unet:resnet18",
        "smp-fpn:tf_efficientnet_lite0",  # timm's, without its prefix
        "smp-deeplabv3plus:tu-mobilenetv3_small_050",
        "smp-dpt:vit_tiny_patch16_224",  # a transformer at another size than its own
    ],
)
@pytest.mark.parametrize("size", [64, 96])
def test_any_architecture_on_any_encoder_gives_a_soft_mask(name, size):
    params = StudentTeacherParams(students=name, output=name, size=size)
    assert params.names == (name,)
    torch.manual_seed(0)
    student = SMPStudent(name, size)
    image = torch.rand(2, 3, size, size)
    with torch.inference_mode():
        mask = student(image)
    assert mask.shape == (2, 1, size, size) and mask.min() >= 0
    head = [m for m in student.network.segmentation_head.modules() if hasattr(m, "bias")][-1]
    assert head.bias.tolist() == pytest.approx([0.1])
    assert 0.01 < mask.mean() < 0.3, "near the bias, so that no first step kills the ReLU"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smp-fpn:resnet18", "smp-deeplabv3plus:resnet18"])
def test_they_learn_what_the_teacher_shows(fit, run, clips, name):
    learning = {"generations": 1, "steps": 100, "rate": 0.002, "batch": 8, "size": 64}
    method = fit(clips[:1], students=name, output=name, **learning)
    soft = np.stack([p.mask for p in method.predict(clips[1], run)])
    truth = np.stack([frame.mean(axis=2) > 128 for frame in clips[1].frames])
    assert soft[truth].mean() > soft[~truth].mean() + 0.4


def test_weights_depend_on_the_seed_alone():
    """Not on whether this process has checked the name before."""
    from selfbench.methods.student_teacher import smp

    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        weights.append(SMPStudent(SMALL, 64).state_dict())
        smp._options.cache_clear()
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())


@pytest.mark.slow
def test_one_is_trained_beside_the_papers_and_comes_back(fit, run):
    clip, _ = moving_square()
    names = {"students": f"{SMALL},lowres-net", "output": SMALL, "generations": 1, "steps": 2}
    method = fit([clip], size=64, **names)
    stored = method.weights()
    assert any(key.startswith(f"1.{SMALL}.network.encoder") for key in stored)
    again = StudentTeacher(method.params)
    again.load_weights(stored)
    first, second = (list(m.predict(clip, run)) for m in (method, again))
    assert first[0].mask.shape == (48, 96) and first[0].mask.min() >= 0
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(first, second, strict=True))
    both = StudentTeacher(method.params.model_copy(update={"output": "multi-net"}))
    both.load_weights(stored)
    assert not np.array_equal(next(iter(both.predict(clip, run))).mask, first[0].mask)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("smp-unett:resnet18", r"no architecture 'unett'\. Did you mean .*unet"),
        ("smp-unet:resnet188", r"has an encoder 'resnet188'\. Did you mean resnet18"),
        ("smp-unet:qqqqqqq", r"has an encoder 'qqqqqqq' \("),
        ("smp-unet", "names no encoder, expected smp-ARCHITECTURE:ENCODER"),
        ("smp-unet:resnet18.a1_in1k", "start from random ones; expected smp-unet:resnet18"),
        ("smp-unet:vit_tiny_patch16_224", r"cannot be built for images of 64 x 64 pixels"),
        ("smp-pan:resnet18", r"cannot be built for images of 64 x 64 pixels"),
    ],
)
def test_names_that_are_refused_in_one_sentence(name, message):
    with pytest.raises(UsageError, match=message) as refused:
        build(StudentTeacherParams, {"students": name}, "student-teacher")
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 500


def test_an_output_must_be_trained():
    values = {"students": f"{SMALL},lowres-net", "output": "smp-unet:resnet18"}
    with pytest.raises(UsageError, match=f"output=smp-unet:resnet18 .*Did you mean .*{SMALL}"):
        build(StudentTeacherParams, values, "student-teacher")
