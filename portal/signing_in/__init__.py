"""Signing in: accounts, second factor, sessions, single sign-on."""
