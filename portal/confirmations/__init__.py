"""Bottom-up confirmation of a period's figures, in the admin: below ``admin/confirmations/``."""
