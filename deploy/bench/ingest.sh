#!/usr/bin/env bash
# How the ingest job keeps up with a simulated fleet on this machine: every member's page every 10 s, every member's status
# every second, in one process with two slots. CLUSTERS=1000 by default; the simulator and the broker run beside. With BAD=1
# seven bad clusters more, one of each kind: hanging, 100 MiB, a gzip bomb, garbage, a byte a second, an expired certificate, 401.
# MOVES=1 measures instead how soon 30 clusters more and 10 fewer take effect, and whether a savepoint keeps all targets.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
clusters=${CLUSTERS:-1000}
metrics=${METRICS:-extensive}
moves=${MOVES:+30}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

./quorate --version >/dev/null
mkfifo "$work/open"
sleep 3600 >"$work/open" &
java --add-opens java.base/java.util=ALL-UNNAMED -cp "cli/target/quorate/lib/*" deploy/bench/Broker.java \
  <"$work/open" >"$work/broker" 2>"$work/broker.log" &
broker=$!
cat >"$work/plan.yaml" <<EOF
schema: plan/v1
name: bench
fleet: { clusters: $((clusters + ${moves:-0})), members: 3, etcd: "3.5", metrics: $metrics }
collector: { scrape: 1h }
EOF
./quorate simulate --plan "$work/plan.yaml" --seed 7 --serve --settings "$work/fleet.yaml" >"$work/served" 2>&1 &
simulator=$!
until [[ -s $work/fleet.yaml && -s $work/broker ]]; do sleep 0.5; done
ca=
if [[ ${BAD:-0} == 1 ]]; then
  mkdir "$work/bad"
  java -cp testkit/target/classes deploy/bench/Bad.java "$work/bad" <"$work/open" >"$work/ca" 2>"$work/bad.log" &
  until [[ -s $work/ca ]]; do
    kill -0 $! || { cat "$work/bad.log" >&2; exit 1; }
    sleep 0.5
  done
  ca=$(cat "$work/ca")
fi
url=$(sed -nE 's/.*API +(http[^ ]+).*/\1/p' "$work/served")

awk -v url="$url" -v kafka="$(cat "$work/broker")" -v bad="$work/bad" -v ca="$ca" '
  function badOnes() {
    if (ca == "") return
    print "    - discover: { files: [\"" bad "/http.json\"] }"
    print "    - discover: { files: [\"" bad "/https.json\"] }\n      tls: { ca: \"" ca "\" }"
  }
  /^  metrics-interval/ { print "  metrics-interval: 10s"; next }
  /^  prometheus:/ { skip = 1; print "  metrics:\n    - discover: { http: " url "/sd }"; badOnes(); next }
  /^  etcd:/ { print; badOnes(); skip = 0; next }
  /^  [a-z]/ { skip = 0 }
  /^[a-z]/ && !/^ingest/ { skip = 1 }
  !skip { print }
  END { print "kafka: { bootstrap: \"" kafka "\" }" }' "$work/fleet.yaml" >"$work/quorate.yaml"

opens=(--add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.time=ALL-UNNAMED)
quorate=(java ${INGEST_OPTS:-} "-Xmx${HEAP:-2g}" -XX:+UseParallelGC "${opens[@]}" -Dlog4j2.configurationFile=quorate-log4j2.properties
  -cp "cli/target/quorate/lib/*")
if [[ -z $moves ]]; then
  "${quorate[@]}" deploy/bench/Ingest.java "$work/quorate.yaml" simulator=$simulator kafka=$broker
  exit
fi

curl -fsS "$url/sd" >"$work/sd.json"
python3 - "$work" "$clusters" <<'EOF'
import json, re, sys

work, clusters = sys.argv[1], int(sys.argv[2])
grpc = re.findall(r'cluster: "(.*)"\n +endpoints: \[(.*)\]', open(f"{work}/fleet.yaml").read())
groups = {
    "clusters": [
        {"targets": [url.removeprefix("http://") for url in urls.split(", ")], "labels": {"cluster": cluster}}
        for cluster, urls in grpc
    ],
    "members": json.load(open(f"{work}/sd.json")),
}
names = sorted(cluster for cluster, _ in grpc)
for name, keep in ("", set(names[:clusters])), ("-next", set(names[10:])):
    for kind, found in groups.items():
        with open(f"{work}/{kind}{name}.json", "w") as file:
            json.dump([group for group in found if group["labels"]["cluster"] in keep], file)
EOF
cat >"$work/quorate.yaml" <<EOF
ingest:
  metrics-interval: 10s
  status-interval: 1s
  metrics: [{ discover: { files: [$work/members.json] } }]
  etcd: [{ discover: { files: [$work/clusters.json] } }]
kafka: { bootstrap: "$(cat "$work/broker")" }
EOF
"${quorate[@]}" deploy/bench/Moves.java "$work"
