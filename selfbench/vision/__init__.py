"""What methods build on: flow, homographies, shots, backgrounds, CRF and other refiners."""
