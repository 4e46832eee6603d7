"""Builders from plain values or DataFrames to what is on the screen."""
