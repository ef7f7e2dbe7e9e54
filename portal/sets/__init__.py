"""The workshop of indicator sets: trial runs, comparisons, formulas; beside the sets in the admin."""
