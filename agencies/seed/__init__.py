"""The country's offices as they stand since July 2025, sown into the agency tree."""
