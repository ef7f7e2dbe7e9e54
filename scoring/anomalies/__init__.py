"""Anomalies before review: what looks wrong in an agency's month, found by rules that are data."""
