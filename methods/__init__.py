"""Built-in methods; each registers itself as an entry point `selfbench.methods`."""
