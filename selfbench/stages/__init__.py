"""What the API calls: plan, run, score, aggregate, report, evaluate, apply, ablate."""
