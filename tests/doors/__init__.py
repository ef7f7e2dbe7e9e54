"""Every address of the portal tried by everybody, the outcome kept in ``outcomes.csv``."""
