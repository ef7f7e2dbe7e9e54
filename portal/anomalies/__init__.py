"""Anomalies inside the admin's frame: one of them, what is done with it, the rules, a search."""
