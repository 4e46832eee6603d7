#!/bin/sh
# Starts Mosquitto for Ampra; on the first start it makes the account by which Ampra's workers manage all others.
set -eu

config=${MOSQUITTO_CONFIG:-/mosquitto/config/mosquitto.conf}
accounts=${MOSQUITTO_ACCOUNTS:-/mosquitto/data/dynamic-security.json}

if [ ! -s "$accounts" ]; then
    : "${MQTT_ADMIN_USER:?must name the account of AMPRA_MQTT_ADMIN_URL}"
    if [ -n "${MQTT_ADMIN_PASSWORD_FILE:-}" ]; then
        MQTT_ADMIN_PASSWORD=$(cat "$MQTT_ADMIN_PASSWORD_FILE")
    fi
    : "${MQTT_ADMIN_PASSWORD:?must hold the password of AMPRA_MQTT_ADMIN_URL}"
    mosquitto_ctrl dynsec init "$accounts" "$MQTT_ADMIN_USER" "$MQTT_ADMIN_PASSWORD" >/dev/null
    # The plugin writes the file when accounts change, so the broker's own user must own it.
    if [ "$(id -u)" -eq 0 ]; then
        chown "${MOSQUITTO_USER:-mosquitto}" "$accounts"
    fi
    chmod 600 "$accounts"
fi
exec mosquitto -c "$config"
