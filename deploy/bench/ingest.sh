#!/usr/bin/env bash
# How the ingest job keeps up with a simulated fleet on this machine: every member's page every 10 s, every member's status
# every second, in one process with two slots. CLUSTERS=1000 by default; the simulator and the broker run beside.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
clusters=${CLUSTERS:-1000}
metrics=${METRICS:-extensive}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

./quorate --version >/dev/null
mkfifo "$work/open"
sleep 900 >"$work/open" &
java --add-opens java.base/java.util=ALL-UNNAMED -cp "cli/target/quorate/lib/*" deploy/bench/Broker.java \
  <"$work/open" >"$work/broker" 2>"$work/broker.log" &
broker=$!
cat >"$work/plan.yaml" <<EOF
schema: plan/v1
name: bench
fleet: { clusters: $clusters, members: 3, etcd: "3.5", metrics: $metrics }
collector: { scrape: 1h }
EOF
./quorate simulate --plan "$work/plan.yaml" --seed 7 --serve --settings "$work/fleet.yaml" >"$work/served" 2>&1 &
simulator=$!
until [[ -s $work/fleet.yaml && -s $work/broker ]]; do sleep 0.5; done
url=$(sed -nE 's/.*API +(http[^ ]+).*/\1/p' "$work/served")

awk -v url="$url" -v kafka="$(cat "$work/broker")" '
  /^  metrics-interval/ { print "  metrics-interval: 10s"; next }
  /^  prometheus:/ { skip = 1; print "  metrics:\n    - discover: { http: " url "/sd }"; next }
  /^  [a-z]/ { skip = 0 }
  /^[a-z]/ && !/^ingest/ { skip = 1 }
  !skip { print }
  END { print "kafka: { bootstrap: \"" kafka "\" }" }' "$work/fleet.yaml" >"$work/quorate.yaml"

java ${INGEST_OPTS:-} -Xmx${HEAP:-2g} -XX:+UseParallelGC --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  --add-opens java.base/java.time=ALL-UNNAMED -Dlog4j2.configurationFile=quorate-log4j2.properties \
  -cp "cli/target/quorate/lib/*" deploy/bench/Ingest.java "$work/quorate.yaml" simulator=$simulator kafka=$broker
