"""How well: measures, tallies, indicator sets, grading and scorecards."""
