"""The public pages: thin views over the read side of ``scoring``, each also without JavaScript."""
