"""Backups: one archive of everything, or of one source or user, made, verified, brought back, kept for a while."""
