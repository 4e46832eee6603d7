"""Everything that enters: credentials, MQTT and webhook messages, history in bulk."""
