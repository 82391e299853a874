import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

SELFBENCH = Path(sysconfig.get_path("scripts")) / "selfbench"
TOY = Path(__file__).parents[1] / "toy.py"


def toy_run(*more):
    return ("run", "-m", "bright", "-d", "toy", "--plugin", TOY, *more)


def masks(results: Path) -> dict[str, bytes]:
    return {str(p.relative_to(results)): p.read_bytes() for p in results.rglob("*.png")}


def test_the_table_and_where_it_was_written(cli, tmp_path):
    done = cli("run", "-m", "bright,learner", "-d", "toy", "--results", tmp_path)
    assert done.code == 0
    assert "| bright " in done.out and "J ↑" in done.out
    assert str(tmp_path / "comparison.tex") in done.out
    assert "bright on toy, seed 0: done in" in done.err
    again = cli("run", "-m", "bright,learner", "-d", "toy", "--results", tmp_path)
    assert again.err.count("already done") == 2 and again.out == done.out


@pytest.mark.slow
def test_kill_9_in_the_middle_then_the_same_command(shell, tmp_path):
    whole = shell(*toy_run("--results", tmp_path / "whole"))
    killed = shell(*toy_run("--results", tmp_path / "part"), TOY_DIE="test-1/00003")
    assert killed.code == -9
    log = tmp_path / "log"
    resumed = shell(*toy_run("--results", tmp_path / "part"), TOY_LOG=str(log))
    assert resumed.code == 0
    assert "test-0" not in log.read_text(), "a finished clip is not computed again"
    assert masks(tmp_path / "part") == masks(tmp_path / "whole")
    table = whole.out.split("Written")[0]
    assert resumed.out.split("Written")[0] == table


def test_one_failing_cell_leaves_the_others(cli, tmp_path):
    done = cli("run", "-m", "faulty,bright", "-d", "toy", "--results", tmp_path)
    assert done.code == 1
    assert "1 of 2 cells finished; faulty failed on clip 'test-0'" in done.err
    assert "| bright " in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-m", "brigth", "-d", "toy"), "Did you mean bright"),
        (("-m", "bright", "-d", "tyo"), "Did you mean toy"),
        (("-m", "bright", "-d", "toy", "--set", "gain=-3"), "greater than 0"),
        (("-m", "bright", "-d", "toy", "--set", "gain"), "expected key=value"),
        (("-m", "bright", "-d", "toy", "--seed", "x"), "--seed got 'x'"),
        (("-m", "bright", "-d", "toy", "--preset", "x"), "no preset 'x'"),
    ],
)
def test_wrong_usage_exits_2_and_writes_nothing(cli, tmp_path, words, said):
    done = cli("run", *words, "--results", tmp_path / "r")
    assert done.code == 2
    assert done.err.startswith("error: ") and said in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "r").exists()


def test_a_read_only_results_folder(shell):
    # /sys refuses new folders even to root, which permission bits do not.
    if not Path("/sys/kernel").is_dir():
        pytest.skip("needs a file system that refuses to be written")
    done = shell(*toy_run("--results", "/sys/kernel/selfbench"))
    assert done.code == 1
    assert "error: Cannot write to /sys/kernel/selfbench" in done.err
    assert "Traceback" not in done.err


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_keeps_earlier_results(shell, tiny_disk):
    assert shell(*toy_run("--results", tiny_disk)).code == 0
    before = masks(tiny_disk)
    filler = tiny_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    full = shell(*toy_run("--results", tiny_disk, "--set", "gain=2"))
    assert full.code == 1
    assert "the disk is full" in full.err and "Traceback" not in full.err
    assert masks(tiny_disk).items() >= before.items()
    assert not [path for path in tiny_disk.rglob("*") if path.name.endswith(".tmp")]
    filler.unlink()
    assert shell(*toy_run("--results", tiny_disk, "--set", "gain=2")).code == 0


def test_a_dataset_without_truth_is_run_all_the_same(cli, tmp_path, monkeypatch):
    from PIL import Image

    for i in range(3):
        Image.new("RGB", (32, 24), (i * 40, 0, 0)).save(tmp_path / f"{i}.png")
    results = tmp_path / "results"
    done = cli("run", "-m", "bright", "-d", "folder", "--set", f"folder.path={tmp_path}",
               "--results", results)  # fmt: skip
    assert done.code == 0, done.err
    assert "No scores, hence no table" in done.err
    assert len(masks(results)) == 3


@pytest.mark.slow
def test_real_davis(shell, real_data, tmp_path):
    """The whole way on real data, killed in the middle."""
    words = ("run", "-m", "videopca", "-d", "davis-2016", "--set",
             "davis-2016.sequences=dog,libby", "--data-root", real_data)  # fmt: skip
    whole = shell(*words, "--results", tmp_path / "whole")
    assert whole.code == 0, whole.err
    assert "videopca" in whole.out and "frames skip-ends" in whole.out
    part = tmp_path / "part"
    command = [SELFBENCH, *map(str, words), "--results", str(part)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not list(part.glob("*/*/*/seed-0/masks/dog")):
            pass
        process.kill()
    finished = {path: path.stat().st_mtime_ns for path in part.rglob("masks/dog/*.png")}
    assert finished
    again = shell(*words, "--results", part)
    assert again.code == 0, again.err
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    assert masks(part) == masks(tmp_path / "whole")
    assert again.out.split("Written")[0] == whole.out.split("Written")[0]


@pytest.mark.slow
def test_a_learning_method_and_its_variant_side_by_side(cli, tmp_path):
    """proposal-is and proposal-gumbel, a few steps: weights, log and own boxes are stored."""
    quick = ("steps=3", "inpaint_steps=2", "batch=4", "crop=16")
    sets = [word for setting in quick for word in ("--set", setting)]
    done = cli("run", "-m", "proposal-*", "-d", "toy", *sets, "--results", tmp_path)
    assert done.code == 0, done.err
    for name in ("proposal-is", "proposal-gumbel"):
        (cell,) = tmp_path.glob(f"toy/{name}/*/seed-0")
        assert (cell / "weights.safetensors").exists() and (cell / "boxes.parquet").exists()
        stages = {line.split(",")[0] for line in (cell / "log.csv").read_text().splitlines()[1:]}
        assert stages == {"inpainter", "proposals"}
        assert f"{name} [" in done.out


def test_devices_are_no_parameter(cli, tmp_path):
    """The key does not depend on them, and a method without torch has used the CPU."""
    assert cli(*toy_run("--results", tmp_path)).code == 0
    again = cli(*toy_run("--results", tmp_path, "--device", "cpu", "--devices", "2"))
    assert "already done" in again.err
    (manifest,) = tmp_path.rglob("manifest.json")
    assert '"device": "cpu"' in manifest.read_text()
    wrong = cli(*toy_run("--device", "tpu"))
    assert wrong.code == 2 and "expected one of auto, cpu, cuda" in wrong.err


def test_steps_after_prediction_show_in_the_table(cli, tmp_path):
    done = cli("run", "-m", "bright", "-d", "toy", "--post", "boxes:0.6", "--results", tmp_path)
    assert done.code == 0 and "bright [post=boxes:0.6]" in done.out
    wrong = cli("run", "-m", "bright", "-d", "toy", "--post", "sharpen", "--results", tmp_path)
    assert wrong.code == 2 and "there is no step 'sharpen'" in wrong.err
