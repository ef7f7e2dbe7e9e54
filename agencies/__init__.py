"""Who: the agency tree, the people who act for it, the systems it connects."""
