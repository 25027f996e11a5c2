#!/usr/bin/env bash
# How long from breach to 2xx at a webhook: 100 simulated clusters of 3 members, their statuses asked every second, INCIDENTS
# (300) members killed one after another, APART_MS (2000) milliseconds apart; all five jobs, real Kafka and ClickHouse engine.
# The one rule that runs is EtcdMemberDown: what a cold or busy machine does to others would be an incident of the whole fleet.
#
# Breach is the moment in event time at which the rule is passed (its own `for` included), 2xx the receiver's answer. Two receivers are told of the same alerts:
# `tight` of each by itself, `usual` by every default (groups, ten messages a minute).
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
incidents=${INCIDENTS:-300} apart=${APART_MS:-2000} warm=${WARM:-90}
lasts=$((warm + incidents * apart / 1000 + 30))
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

./quorate --version >/dev/null
{
  cat <<PLAN
schema: plan/v1
name: delivery
fleet: { clusters: 100, members: 3, prefix: d- }
faults:
PLAN
  for ((i = 0; i < incidents; i++)); do
    printf '  - { fault: kill, at: %dms, for: 30s, target: { cluster: d-%05d, member: m%d } }\n' \
      $((warm * 1000 + i * apart)) $((i % 100)) $((i / 100 % 3 + 1))
  done
} >"$work/plan.yaml"
./quorate simulate --plan "$work/plan.yaml" --seed 10 --serve --for "$((lasts + 120))s" --settings "$work/fleet.yaml" \
  --truth "$work/truth.json" >"$work/simulate.log" 2>&1 &
until [[ -s $work/fleet.yaml ]]; do sleep 0.2; done

hook=$(free_port)
python3 - "$hook" <<'PYTHON' &
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
PYTHON

clickhouse=$(free_port)
mkdir "$work/rules"
cp cep-rules/src/main/resources/rules/etcd-member-down.yaml "$work/rules/"
cat >>"$work/fleet.yaml" <<SETTINGS
rules: { directory: $work/rules }
alerting:
  receivers:
    - webhook: { name: tight, url: "http://127.0.0.1:$hook/tight", per-minute: 0 }
    - webhook: { name: usual, url: "http://127.0.0.1:$hook/usual" }
  routes:
    - name: tight
      receivers: [tight]
      group-by: [alertname, cluster, member]
      group-wait: 1s
      continue: true
    - name: usual
      receivers: [usual]
desk: { clickhouse-port: $clickhouse }
SETTINGS
./quorate run --config "$work/fleet.yaml" >"$work/run.log" 2>&1 &
run=$!
sleep "$lasts"

curl -sS "http://127.0.0.1:$clickhouse/?database=quorate" --data-binary "
  SELECT receiver, count() AS pages, uniqExact(cluster, member) AS members,
    uniqExact(key) AS messages,
    round(quantileExact(0.5)(seconds), 2) AS p50, round(quantileExact(0.99)(seconds), 2) AS p99, round(max(seconds), 2) AS max
  FROM (
    SELECT receiver, alert_id, cluster, member, any(key) AS key,
      dateDiff('millisecond', min(breached_at), min(attempted_at)) / 1000 AS seconds
    FROM notification FINAL
    WHERE rule = 'EtcdMemberDown' AND status = 'firing' AND outcome = 'delivered'
    GROUP BY receiver, alert_id, cluster, member)
  GROUP BY receiver ORDER BY receiver
  FORMAT PrettyCompactMonoBlock"
kill -INT "$run"
wait "$run" || true
