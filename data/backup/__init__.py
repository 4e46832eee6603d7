"""Whole stores as streams: tables by COPY, collections as BSON, files by key, and where archives of them are kept."""
