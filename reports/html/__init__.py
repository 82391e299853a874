"""The HTML report: one file to browse results in, without a server and without a network."""

from selfbench.reports.html.report import HtmlReport

__all__ = ["HtmlReport"]
