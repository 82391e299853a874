"""Optical flow: estimators, files, the cache, colours, and ideal flow made from the truth."""
