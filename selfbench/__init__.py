"""selfbench trains, runs and compares methods that segment the moving object in video without labels."""

__version__ = "0.1.0"
