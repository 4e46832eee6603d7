#!/bin/sh
# Makes the secrets and the broker's certificate that compose.yaml reads, once: sh deploy/compose/prepare.sh HOST ADMIN_EMAIL
set -eu

host=${1:?"say the public name of this host, as: sh deploy/compose/prepare.sh sun.example.org me@example.org"}
email=${2:?"say the first Overseer's address, as: sh deploy/compose/prepare.sh sun.example.org me@example.org"}
cd "$(dirname "$0")"
folder=${SECRETS_FOLDER:-secrets}
mkdir -p "$folder"
# Nobody else enters the folder; within it, containers read the files under accounts of their own.
chmod 700 "$folder"

keep() { # NAME VALUE: what is there already stays
    [ -s "$folder/$1" ] || printf %s "$2" >"$folder/$1"
    chmod 444 "$folder/$1"
}
random() { openssl rand -hex 32; }
kept() { cat "$folder/$1"; }

for name in postgres_password mongo_password mqtt_admin_password mqtt_listener_password minio_password \
    secret_key sealing_key internal_token monitoring_token; do
    keep "$name" "$(random)"
done
keep admin_password "Sun-$(openssl rand -hex 8)"
keep postgres_url "postgresql://ampra:$(kept postgres_password)@postgres:5432/ampra"
keep mongo_url "mongodb://ampra:$(kept mongo_password)@mongo:27017/ampradb?authSource=admin"
keep mqtt_url "mqtts://ampra-listener:$(kept mqtt_listener_password)@mosquitto:8883"
keep mqtt_admin_url "mqtts://ampra-admin:$(kept mqtt_admin_password)@mosquitto:8883"
keep storage_url "s3://ampra:$(kept minio_password)@ampra?endpoint=http://minio:9000&region=us-east-1"
if [ ! -s "$folder/smtp_url" ]; then
    keep smtp_url "${AMPRA_SMTP_URL:-smtp://localhost:25}"
    [ -n "${AMPRA_SMTP_URL:-}" ] || echo "Write the mail server's URL into $folder/smtp_url: no mail goes out before." >&2
fi

if [ ! -s "$folder/broker_certificate" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Ampra's authority" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign" \
        -keyout "$scratch/ca.key" -out "$scratch/ca.crt" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" \
        -keyout "$scratch/broker.key" -out "$scratch/broker.csr" 2>/dev/null
    printf 'subjectAltName=DNS:%s,DNS:mosquitto\nextendedKeyUsage=serverAuth\n' "$host" >"$scratch/more"
    openssl x509 -req -in "$scratch/broker.csr" -CA "$scratch/ca.crt" -CAkey "$scratch/ca.key" -CAcreateserial -days 3650 \
        -extfile "$scratch/more" -out "$scratch/broker.crt" 2>/dev/null
    keep broker_authority "$(cat "$scratch/ca.crt")"
    keep broker_key "$(cat "$scratch/broker.key")"
    keep broker_certificate "$(cat "$scratch/broker.crt")"
fi

if [ ! -s ../../.env ] && [ "$folder" = secrets ]; then
    printf 'AMPRA_HOST=%s\nAMPRA_ADMIN_EMAIL=%s\n' "$host" "$email" >../../.env
fi
echo "Secrets are in $folder. The first Overseer is $email; the password is in admin_password there."
