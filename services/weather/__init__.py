"""Weather of sources: fetched, kept, read, and set against production."""
