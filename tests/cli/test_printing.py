from selfbench.cli.printing import print_report
from selfbench.stages.report.writing import ReportFiles


def test_markdown_is_shown_and_files_are_named(tmp_path, capsys):
    print_report(ReportFiles({"a.md": "| x |", "a.png": b""}, tmp_path))
    assert capsys.readouterr().out == f"| x |\nWritten: {tmp_path}/a.md, {tmp_path}/a.png\n"
    print_report(ReportFiles({"a.png": b""}, tmp_path))
    assert capsys.readouterr().out == f"Written: {tmp_path}/a.png\n"
