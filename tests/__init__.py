"""Tests of all layers."""
