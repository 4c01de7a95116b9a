"""Measured comparisons: whole commands on invented countries, ratios in one run, written to docs/benchmarks.md."""
