"""What citizens do, without an account and without JavaScript: rate a dossier, send and follow a petition."""
