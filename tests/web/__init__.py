"""Tests through the Flask client."""
