#!/usr/bin/env bash
# What windows of a fleet cost and whether they are right: FOR (10m) of CLUSTERS (1000) simulated clusters of 3 members, every
# member's page every 10 s, through the percentiles job at full speed. Prints what a checkpoint takes as event time goes on. With
# HISTORY=1 the rows go to ClickHouse too, where SQL computes every quantile and sum anew.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
clusters=${CLUSTERS:-1000} length=${FOR:-10m} begin=2026-03-02T10:00:00Z
work=$(mktemp -d)
data=$QUORATE_HOME/data
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work" "$data/bench-windows" "$data/bench-kafka"' EXIT
# What an earlier benchmark left in the topics would be read as well.
rm -rf "$data/bench-windows" "$data/bench-kafka"

./quorate --version >/dev/null
mkfifo "$work/open"
sleep 36000 >"$work/open" &
java=(java "-Xmx${HEAP:-4g}" -XX:+UseParallelGC --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED
  --add-opens java.base/java.time=ALL-UNNAMED -Dlog4j2.configurationFile=quorate-log4j2.properties -cp "${CLASSPATH:-cli/target/quorate/lib/*}")
"${java[@]}" -Xmx512m deploy/bench/Broker.java <"$work/open" >"$work/broker" 2>"$work/broker.log" &
if [[ ${HISTORY:-0} == 1 ]]; then
  "${java[@]}" -Xmx64m deploy/bench/History.java bench-windows <"$work/open" >"$work/url" 2>"$work/engine.log" &
fi
until [[ -s $work/broker && (${HISTORY:-0} != 1 || -s $work/url) ]]; do sleep 0.5; done
cat >"$work/plan.yaml" <<PLAN
schema: plan/v1
name: bench
fleet:
  clusters: $clusters
  members: 3
  etcd: "3.5"
  metrics: ${METRICS:-extensive}
  labels: { region: [eu, us, ap], storage-class: [ssd, nvme, hdd, hdd, ssd] }
collector: { scrape: 10s, status: 10m }
PLAN
cat >"$work/quorate.yaml" <<SETTINGS
ingest: { metrics: [ { cluster: unused, targets: ["127.0.0.1:1"] } ] }
percentiles: { early: off }
kafka: { bootstrap: "$(cat "$work/broker")" }
clickhouse: { url: "$(cat "$work/url" 2>/dev/null || echo http://127.0.0.1:1)" }
SETTINGS
SECONDS=0
./quorate simulate --plan "$work/plan.yaml" --seed 7 --begin $begin --for "$length" --to kafka --bootstrap "$(cat "$work/broker")"
echo "simulated after $SECONDS s"
until=$(date -u -d "$begin + $(sed -E 's/h$/ hours/; s/m$/ minutes/; s/s$/ seconds/' <<<"$length")" +%FT%TZ)
CHECKPOINTS="file://$work/checkpoints" "${java[@]}" deploy/bench/Windows.java "$work/quorate.yaml" "$until" $((3 * clusters)) ${HISTORY:+history}
