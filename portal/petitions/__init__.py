"""The agencies' desk for petitions and ratings, inside the admin's frame."""
