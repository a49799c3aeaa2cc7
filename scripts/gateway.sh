# Sourced by the demos: a gateway with a certificate and a write key of its own.
. scripts/broker.sh

# Into the folder $1: server.key, server.crt and gateway.yaml for the project $2, with ports that are
# free and a new write key. Sets port, admin_port and write_key.
prepare_gateway() {
  local folder=$1 project=$2
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=penstock $project" \
    -addext "subjectAltName=IP:127.0.0.1,DNS:localhost" -keyout "$folder/server.key" -out "$folder/server.crt" \
    2>/dev/null
  write_key=pk_demo_$(openssl rand -hex 16)
  port=$(free_port)
  admin_port=$(free_port)
  cat >"$folder/gateway.yaml" <<YAML
listen: {address: 127.0.0.1, port: $port, tls: {certificate: $folder/server.crt, private_key: $folder/server.key}}
admin: {port: $admin_port}
project: $project
keys:
  - {id: $project-app, digest: "sha256:$(printf %s "$write_key" | sha256sum | cut -d' ' -f1)"}
drain: {delay: 0s}
log: {format: text}
YAML
}

wait_for_gateway() {  # whose process is $1
  for _ in $(seq 300); do
    if curl -fs "http://127.0.0.1:$admin_port/readyz" >/dev/null; then return; fi
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.1
  done
  echo "the gateway is not ready after 30 s" >&2
  return 1
}

# Sends what the arguments of curl after $1 say, to the gateway's path $1.
post() {
  local path=$1
  shift
  curl -fsS --cacert "$work/server.crt" "https://127.0.0.1:$port$path" -H "Authorization: Bearer $write_key" \
    -H "Content-Type: application/json" "$@"
}
