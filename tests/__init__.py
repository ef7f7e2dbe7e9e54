"""Tests: one folder for each app, e2e for the browser, bench for measurements."""
