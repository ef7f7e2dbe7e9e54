"""How citizens found it: ratings, petitions and satisfaction surveys."""
