import io

from rich.console import Console

from selfbench.stages import progress
from selfbench.stages.progress import Progress


def test_lines_go_to_standard_error(capsys):
    Progress().say("done [not markup] " + "x" * 200)
    out, err = capsys.readouterr()
    assert out == "" and err == "done [not markup] " + "x" * 200 + "\n"
    Progress(quiet=True).say("nothing")
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_no_bar_is_drawn(capsys):
    with Progress().bar("work") as (advance, show):
        advance(1, 2)
        show("loss 0.1")
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(progress.Progress, "_console", lambda self: console)
    with Progress().bar("work") as (advance, show):
        advance(1, 2)
        show("loss 0.1")
    assert "work: loss 0.1" in screen.getvalue() and "1/2" in screen.getvalue()
