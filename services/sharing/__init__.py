"""Showing sources and groups: to the public by links, and to other people as viewers and managers."""
