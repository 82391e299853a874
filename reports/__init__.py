"""Built-in reports; each registers itself as an entry point `selfbench.reports`."""
