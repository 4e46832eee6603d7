"""Use cases: who may, what happens, in which order; the only room that joins storage and domain."""
