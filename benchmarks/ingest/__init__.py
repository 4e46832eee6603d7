"""How fast readings come in: through a real Mosquitto and the listener, by webhook, and one bare insert beside."""
