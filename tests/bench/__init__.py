"""Measurements: ``python -m tests.bench [row…] [--quick]``. docs/benchmarks.md says what is compared."""
