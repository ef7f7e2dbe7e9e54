"""The map of the 34 provinces: how its outlines were drawn, and how a page reads them."""
