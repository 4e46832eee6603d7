"""Prices, tariffs and returns of sources."""
