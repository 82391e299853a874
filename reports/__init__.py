"""Built-in reports of selfbench: each one registers itself as an entry point `selfbench.reports`."""
