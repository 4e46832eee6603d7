"""History that owners bring in files."""
