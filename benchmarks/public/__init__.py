"""How fast a shared page answers many viewers, and what they cost the databases."""
