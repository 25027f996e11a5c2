#!/usr/bin/env bash
# What a backtest takes, and whether its memory stays as it is: HOURS (24) of CLUSTERS (50) clusters of 3 members with the shipped
# rules, from windows of WINDOW (15) seconds as ClickHouse keeps them, and an answer of each member every STATUS (0: none) seconds,
# on PARALLEL (2) threads. The history is made in memory: what it takes to read one is not in it.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -n ${CLASSPATH:-} ]] || ./quorate --version >/dev/null
classes=${CLASSPATH:-cli/target/quorate/lib/*}
cat >"$work/plan.yaml" <<PLAN
schema: plan/v1
name: bench
fleet:
  clusters: 1
  members: 3
  etcd: "3.5"
  metrics: extensive
  load: { puts: 40, workers: 3, value: 256B, keys: 1000, ranges: 10, others: 0.5, watchers: 10 }
collector: { scrape: ${WINDOW:-15}s, status: 1s }
PLAN
open=(--add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.time=ALL-UNNAMED
  -Dlog4j2.configurationFile=quorate-log4j2.properties)
java "${open[@]}" -cp "$classes" io.quorate.cli.Quorate simulate --plan "$work/plan.yaml" --seed 7 --begin 2026-03-01T00:00:00Z --for 20m \
  --to recording "$work/rest.jsonl.gz" >/dev/null
# Flink loads the functions in it by name: compiled, not run from its source.
javac -cp "$classes" -d "$work" deploy/bench/Replay.java
java "-Xmx${HEAP:-2g}" -XX:+UseParallelGC "${open[@]}" -cp "$work:$classes" \
  Replay "$work/rest.jsonl.gz" "${CLUSTERS:-50}" "$((${HOURS:-24} * 60))" "${WINDOW:-15}" "${STATUS:-0}" "${PARALLEL:-2}"
