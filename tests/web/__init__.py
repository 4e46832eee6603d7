"""Tests of the HTTP edge through Flask's client: every route as stranger, owner, other owner and admin."""
