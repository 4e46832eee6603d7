#!/bin/sh
# Sees to the programs that the tests need from the system: Chromium (browser layer) and Mosquitto (storage layer).
set -eu
PATH="$PATH:/usr/sbin"

missing=""
command -v chromium >/dev/null || missing="chromium"
command -v mosquitto >/dev/null || missing="$missing mosquitto"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need these programs, which are not installed: $missing" >&2
    echo "Install them (on Debian: sudo apt-get install $missing) and run make test again." >&2
    exit 1
fi

echo "Installing $missing for the tests."
# Only the program is wanted: a running Mosquitto service would hold the port of the embedded broker.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
# shellcheck disable=SC2086 -- a list of names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
if command -v systemctl >/dev/null; then
    case "$missing" in *mosquitto*) systemctl disable --quiet mosquitto 2>/dev/null || true ;; esac
fi
