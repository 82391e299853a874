"""Finding, loading and fingerprinting plug-ins: methods, datasets, metrics, reports, ablations."""
