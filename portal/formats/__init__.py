"""How dates and numbers are read and written in forms, where Django's own formats do not fit here."""
