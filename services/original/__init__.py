"""Coming from the original Ampra: what its databases hold, taken over as often as one likes."""
