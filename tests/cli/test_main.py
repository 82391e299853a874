import pytest

from selfbench import __version__


def test_version(cli):
    assert cli("--version").out.strip() == __version__


def test_no_arguments_show_the_verbs(shell):
    done = shell()
    assert done.code == 0
    for verb in ("run", "score", "report", "list", "evaluate"):
        assert verb in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--metod", "x"], "--method"),
        (["rnu"], "run"),
        (["run", "-m", "bright"], "--dataset"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(shell, words, said):
    done = shell(*words)
    assert done.code == 2
    assert done.err.startswith("error: ") and said in done.err
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err


def test_unexpected_errors_are_one_sentence_except_under_debug(cli, monkeypatch):
    def broken(*_):
        raise RuntimeError("something odd")

    monkeypatch.setattr("selfbench.plugins.registry.Registry.of", broken)
    calm = cli("list")
    assert calm.code == 1
    assert calm.err == "error: RuntimeError: something odd (--debug shows where)\n"
    assert "Traceback" in cli("list", "--debug").err


def test_interrupt(cli, monkeypatch):
    """Inside a command, where typer catches it first."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("selfbench.api.running.plan_cells", interrupted)
    done = cli("run", "-m", "bright", "-d", "toy")
    assert done.code == 130 and done.err.startswith("error: Interrupted;")
