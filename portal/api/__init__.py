"""The public read API, version 1: the same queries as the pages, for programs."""
