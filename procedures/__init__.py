"""What: administrative procedures, the dossiers handled under them, and the doors they arrive by."""
