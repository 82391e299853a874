"""Built-in metrics; each registers itself as an entry point `selfbench.metrics`."""
