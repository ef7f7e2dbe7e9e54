"""Objections: an agency disputes what was counted of it; an accepted one corrects the data."""
