"""Reports: evidence, the two copies of it, who gets what, and what became of it."""
