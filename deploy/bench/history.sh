#!/usr/bin/env bash
# How much room a fleet's history takes in ClickHouse, and how soon the named questions are answered from it: DAYS (90) days of
# CLUSTERS (50) clusters of 3 members, five series each, drawn at random within the engine as windows of a minute and summed to
# SIZES (1h 1d), to clusters and to the fleet. KEEP=NAME keeps the data under .quorate/data for another run with DAYS=0.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

export QUORATE_HOME=${QUORATE_HOME:-$PWD/.quorate}
days=${DAYS:-90} clusters=${CLUSTERS:-50} sizes=${SIZES:-1h 1d} runs=${RUNS:-20} members=3
questions=${QUESTIONS:-sinks/src/main/resources/clickhouse/questions}
until=${UNTIL:-$(date -u +%F)}
declare -A seconds=([5m]=300 [1h]=3600 [1d]=86400)
name=${KEEP:-bench-history-$$}
work=$(mktemp -d)
cleanUp() {
  kill $(jobs -p) 2>/dev/null || true
  wait
  rm -rf "$work"
  if [[ -z ${KEEP:-} ]]; then rm -rf "$QUORATE_HOME/data/$name"; fi
}
trap cleanUp EXIT

./quorate --version >/dev/null
mkfifo "$work/open"
sleep 36000 >"$work/open" &
java --add-opens java.base/java.util=ALL-UNNAMED -cp "${CLASSPATH:-cli/target/quorate/lib/*}" deploy/bench/History.java "$name" \
  <"$work/open" >"$work/url" 2>"$work/engine.log" &
engine=$!
until [[ -s $work/url ]]; do
  kill -0 $engine || { cat "$work/engine.log" >&2; exit 1; }
  sleep 0.5
done
url=$(cat "$work/url")

ask() { # parameters as param_x=...; the statement on standard input
  curl -sS --fail-with-body "$url/?database=quorate&$(IFS='&'; echo "$*")" --data-binary @-
}
answer() { ask <<<"$1"; }
run() { # a file of statements, then parameters
  local file=$1 statement
  shift
  while IFS= read -r -d ';' statement || [[ $statement =~ [^[:space:]] ]]; do
    ask "$@" <<<"$statement" || { echo "$file is refused" >&2; exit 1; }
  done < <(sed 's/^ *--.*//' "$file")
}

begun=$SECONDS
for ((i = days; i > 0; i--)); do
  day=$(date -u -d "$until - $i days" +%F)
  fleet=(param_day="$day" param_clusters="$clusters" param_members=$members)
  run deploy/bench/history.sql "${fleet[@]}"
  run deploy/bench/history-events.sql "${fleet[@]}"
  smaller=1m
  run deploy/bench/history-sums.sql param_day="$day" param_member_window=member_window_1m param_scope_window=scope_window_1m
  for size in $sizes; do
    run deploy/bench/history-rollup.sql param_day="$day" param_smaller=member_window_$smaller param_larger=member_window_"$size" \
      param_seconds="${seconds[$size]}"
    run deploy/bench/history-sums.sql param_day="$day" param_member_window=member_window_"$size" param_scope_window=scope_window_"$size"
    smaller=$size
  done
  ((i % 10 != 1)) || echo "$day loaded, after $((SECONDS - begun)) s" >&2
done

echo "Rows, and bytes on disk"
# What a month's days would have become by and by.
for table in {member,scope}_window_{1h,1d}; do answer "OPTIMIZE TABLE $table FINAL"; done
answer "
SELECT
    table,
    sum(part.rows)                                AS rows,
    formatReadableSize(sum(bytes_on_disk))        AS on_disk,
    round(sum(bytes_on_disk) / sum(part.rows), 1) AS bytes_per_row,
    count()                                       AS parts
FROM system.parts AS part
WHERE database = 'quorate' AND active AND part.rows > 0 AND table NOT LIKE 'schema%'
GROUP BY table
ORDER BY table
FORMAT PrettyCompactMonoBlock"
echo "Bytes per series and day"
for table in {member,scope}_window_{1m,5m,1h,1d}; do
  key=$([[ $table == member* ]] && echo cluster, member_id || echo scope, cluster, group)
  answer "
  SELECT '$table', concat(toString(series), ' series'), concat(toString(days), ' days'), concat(toString(round(bytes / series / days)), ' bytes')
  FROM
  (
      SELECT uniqExact(metric, labels, $key) AS series, uniqExact(toDate(window_start)) AS days,
          (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = 'quorate' AND active AND table = '$table') AS bytes
      FROM $table
      HAVING series > 0
  )"
done

echo "Answers, milliseconds of $runs runs each: span, p50, p95, max, rows"
end=$(answer "SELECT toUnixTimestamp64Milli(max(window_end)) / 1000 FROM member_window_1m")
whole=$(answer "SELECT dateDiff('day', min(window_start), max(window_end)) FROM member_window_1m")
for question in "$questions"/*.sql; do
  for span in 1:1m "$whole:1h"; do
    parameters=(param_cluster= param_metric=etcd_disk_wal_fsync_duration_seconds param_from="$(awk "BEGIN { printf \"%.3f\", $end - 86400 * ${span%:*} }")"
      param_to="$end.000" param_member_windows=member_window_"${span#*:}" param_scope_windows=scope_window_"${span#*:}")
    times=()
    for ((i = 0; i < runs; i++)); do
      times+=("$(curl -sS -o "$work/answer" -w '%{http_code} %{time_total}\n' --data-binary @"$question" \
        "$url/?database=quorate&default_format=TSV&$(IFS='&'; echo "${parameters[*]}")")")
      if [[ ${times[-1]} != 200* ]]; then break; fi
    done
    if [[ ${times[-1]} != 200* ]]; then
      printf '%-32s %4sd of %s  refused: %s\n' "$(basename "$question" .sql)" "${span%:*}" "${span#*:}" "$(head -c 200 "$work/answer" | tr '\n' ' ')"
      continue
    fi
    printf '%s\n' "${times[@]}" | sort -k2 -g | awk -v name="$(basename "$question" .sql)" -v span="${span%:*}d of ${span#*:}" -v rows="$(wc -l <"$work/answer")" '
      { t[NR] = $2 * 1000 }
      END { printf "%-32s %9s %8.0f %8.0f %8.0f %7d\n", name, span, t[int(NR / 2 + 0.5)], t[int(NR * 0.95 + 0.5)], t[NR], rows }'
  done
done
