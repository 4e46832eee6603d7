"""Whether an installation keeps up for a long time, and what becomes of it when its parts are killed or stopped."""
