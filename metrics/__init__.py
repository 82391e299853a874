"""Built-in metrics of selfbench: each one registers itself as an entry point `selfbench.metrics`."""
