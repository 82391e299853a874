"""What methods build on: flow, shots, backgrounds, refiners. No plug-in, no training."""
