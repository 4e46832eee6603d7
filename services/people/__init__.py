"""Accounts and those who have them: registration, sign-in, sessions, second factor, preferences, administration."""
