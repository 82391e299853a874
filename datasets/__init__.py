"""Built-in datasets; each registers itself as an entry point `selfbench.datasets`."""
