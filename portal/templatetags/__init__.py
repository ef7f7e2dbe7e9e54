"""Template filters and tags of the public pages."""
