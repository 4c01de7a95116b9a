"""Extractors: text units in, assertions with span, confidence and producer out. Pure; they know no storage."""
