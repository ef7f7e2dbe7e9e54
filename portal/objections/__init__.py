"""Pages of objections: list, write, send, judge, decide, figures, terms."""
