"""Built-in datasets of selfbench: each one registers itself as an entry point `selfbench.datasets`."""
