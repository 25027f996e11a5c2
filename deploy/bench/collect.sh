#!/usr/bin/env bash
# What a million samples cost: the ingest job (pages to Kafka) beside a Prometheus 3.5 (pages to its own storage), both
# scraping the same 300 members of 156 series each, gzipped, every INTERVAL (10s), in one run.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
export WARM=${WARM:-180s} MEASURED=${MEASURED:-120s}
interval=${INTERVAL:-10s}
members=300 series=156
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT

./quorate --version >/dev/null
run() { java --add-opens java.base/java.util=ALL-UNNAMED -cp "cli/target/quorate/lib/*" "$@"; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

prometheus=$(run deploy/bench/Part.java 3.5)
fleet=127.0.0.1:$(free_port)
java -DN=$members deploy/bench/Fleet.java serve "${fleet#*:}" 2>"$work/fleet.log" &
served=$!
for reader in prometheus quorate; do
  java -DN=$members deploy/bench/Fleet.java targets "$work/$reader.json" "$fleet" $reader
done

cat >"$work/prometheus.yml" <<EOF
global: { scrape_interval: $interval }
scrape_configs: [{ job_name: etcd, file_sd_configs: [{ files: [$work/prometheus.json] }] }]
EOF
"$prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --log.level=error \
  --web.listen-address="127.0.0.1:$(free_port)" &
peer=$!

mkfifo "$work/open"
sleep 3600 >"$work/open" &
run deploy/bench/Broker.java <"$work/open" >"$work/broker" 2>"$work/broker.log" &
broker=$!
until [[ -s $work/broker ]]; do sleep 0.5; done
cat >"$work/quorate.yaml" <<EOF
ingest:
  metrics-interval: $interval
  metrics: [{ discover: { files: [$work/quorate.json] } }]
kafka: { bootstrap: "$(cat "$work/broker")" }
EOF
java ${INGEST_OPTS:-} -Xmx1g -XX:+UseParallelGC --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  --add-opens java.base/java.time=ALL-UNNAMED -Dlog4j2.configurationFile=quorate-log4j2.properties \
  -cp "cli/target/quorate/lib/*" deploy/bench/Ingest.java "$work/quorate.yaml" prometheus=$peer kafka=$broker fleet=$served |
  tee "$work/report"
awk -v samples="$(awk -v i="${interval%s}" -v m="${MEASURED%s}" "BEGIN { print $members * $series * m / i / 1e6 }")" \
  '/CPU-seconds/ { printf "%s %.2f CPU-seconds per million samples\n", $1, $2 / samples }' "$work/report"
