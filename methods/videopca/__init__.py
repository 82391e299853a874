"""VideoPCA: what the principal components of a video cannot reconstruct is foreground."""

from selfbench.methods.videopca.method import VideoPCA

__all__ = ["VideoPCA"]
