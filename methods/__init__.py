"""Built-in methods of selfbench: each one registers itself as an entry point `selfbench.methods`."""
