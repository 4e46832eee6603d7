"""Tests of the house rules, read from the sources."""
