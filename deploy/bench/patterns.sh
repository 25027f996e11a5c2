#!/usr/bin/env bash
# What patterns cost: symptoms and leader changes of CLUSTERS (1000) clusters of 3 members through five rules of steps, on one
# core's slot; first at rest, when every fiftieth cluster has one slow disk, then in a storm, when every member of every cluster
# shows three symptoms in each window and every leader changes twice a minute.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -n ${CLASSPATH:-} ]] || ./quorate --version >/dev/null
classes=${CLASSPATH:-cli/target/quorate/lib/*}
# Flink loads the functions in it by name: compiled, not run from its source.
javac -cp "$classes" -d "$work" deploy/bench/Patterns.java
for load in ${LOADS:-rest storm}; do
  CHECKPOINTS="file://$work/checkpoints" java "-Xmx${HEAP:-2g}" -XX:+UseParallelGC --add-opens java.base/java.util=ALL-UNNAMED \
    --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.time=ALL-UNNAMED \
    -Dlog4j2.configurationFile=quorate-log4j2.properties -cp "$work:$classes" \
    Patterns "$load" "${CLUSTERS:-1000}" "${SECONDS_MEASURED:-60}"
done
