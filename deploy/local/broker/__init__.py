"""The embedded MQTT 3.1.1 broker: amqtt's packets around a queue on disk that loses nothing it has acknowledged.

amqtt's own broker acknowledges a message while it is only in memory, and drops it when the listener does not answer
within five seconds (docs/decisions/0002-embedded-broker.md). This one is not a broker for everything: devices publish
below `ampra/sources/{id}/`, and Ampra's listeners take what they published. Nobody else receives anything.
"""
