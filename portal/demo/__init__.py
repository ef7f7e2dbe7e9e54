"""A believable country for trials: agencies, procedures, a year of dossiers, accounts.

Everything is invented, from one seed and the day, and enters through the same doors as real data.
"""
