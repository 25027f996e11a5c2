#!/usr/bin/env bash
# What the simulator costs: 1,000 clusters of 3 served in real time, with nobody asking and with every member's page fetched
# every 10 s, and written to Kafka as fast as it goes. Takes four minutes.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
clusters=${CLUSTERS:-1000}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

cpu_seconds() { # of the process with this id, user and system
  awk -v hz="$(getconf CLK_TCK)" '{ printf "%.2f", ($14 + $15) / hz }' "/proc/$1/stat"
}

share() { # pid, what
  local before after
  before=$(cpu_seconds "$1")
  sleep 60
  after=$(cpu_seconds "$1")
  printf '%-62s %5.1f %% of a core, %d MiB resident\n' "$2" \
    "$(awk -v a="$after" -v b="$before" 'BEGIN { print (a - b) / 60 * 100 }')" \
    $(($(awk '/VmRSS/ { print $2 }' "/proc/$1/status") / 1024))
}

./quorate --version >"$work/version"
./quorate simulate --clusters "$clusters" --seed 7 --serve --settings "$work/fleet.yaml" >"$work/served" 2>&1 &
simulator=$!
until [[ -s $work/fleet.yaml ]]; do sleep 0.5; done
url=$(sed -nE 's/.*API +(http[^ ]+).*/\1/p' "$work/served")
sleep 20
share $simulator "served, its own collector every 10 s, nobody else asking"

curl -sf "$url/sd" | grep -oE '"__metrics_path__":"[^"]+"' | cut -d'"' -f4 |
  awk -v url="$url" '{ print "url = " url $1; print "output = /dev/null" }' >"$work/pages"
fetch() { # every page once, each ten seconds, and counts what came
  for round in 1 2 3 4 5 6 7 8; do
    sleep 10 &
    local pause=$!
    curl -s --no-progress-meter --compressed --parallel --parallel-max 16 --config "$work/pages" -w '%{http_code}\n' >>"$work/answers"
    wait $pause
  done
}
fetch &
sleep 12
share $simulator "served, and every page fetched every 10 s, packed"
sort "$work/answers" | uniq -c | awk '{ print "  pages answered with HTTP " $2 ": " $1 }'
kill $(jobs -p)
wait 2>/dev/null || true

mkfifo "$work/open"
sleep 600 >"$work/open" &
java --add-opens java.base/java.util=ALL-UNNAMED -cp "cli/target/quorate/lib/*" deploy/bench/Broker.java \
  <"$work/open" >"$work/broker" 2>"$work/broker.log" &
until [[ -s $work/broker ]]; do sleep 0.5; done
printf 'to Kafka at max: '
./quorate simulate --clusters "$clusters" --seed 7 --for 3m --to kafka --bootstrap "$(cat "$work/broker")"
