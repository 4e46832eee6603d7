"""Storage: settings, connections, models, and every query; nothing here decides who may see what."""
