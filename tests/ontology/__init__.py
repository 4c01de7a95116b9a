"""Tests of `ontology/`: schemes, labels, mapping."""
