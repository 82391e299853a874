"""The score stage, the only one that sees the truth."""
