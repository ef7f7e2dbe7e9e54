"""Management commands of the scores."""
