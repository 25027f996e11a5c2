#!/usr/bin/env bash
# What fetching costs with each HTTP client: the same 300 pages, gzipped, every INTERVAL (10s), all clients beside each other.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

./quorate --version >/dev/null
fleet=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
java deploy/bench/Fleet.java serve "${fleet#*:}" 2>"$work/fleet.log" &
until grep -q serving "$work/fleet.log"; do sleep 0.2; done

for client in okhttp java.net.http HttpURLConnection; do
  java deploy/bench/Fleet.java targets "$work/$client.json" "$fleet" "$client"
  java -Xmx256m -XX:+UseParallelGC -Dhttp.maxConnections=400 -cp "cli/target/quorate/lib/*" \
    deploy/bench/Clients.java "$client" "$work/$client.json" "${INTERVAL:-10s}" &
  clients+=($!)
done
wait "${clients[@]}"
