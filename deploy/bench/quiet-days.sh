#!/usr/bin/env bash
# Whom the shipped rules page while nothing is wrong, and what causes they find: DAYS (100) days of simulated clusters that are
# restarted, compacted, defragmented and loaded, through the pipelines in event time; scrapes every 30 s, a status every STATUS
# (1) seconds, for MINUTES (20) at most. FIRST (1) numbers the first fleet: other numbers are other days. Under PROFILE (fleet).
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."

exec ./quorate test -pl cli -am -Djacoco.skip=true -Dsurefire.failIfNoSpecifiedTests=false -Dtest.excluded.tags= \
  -Dtest=QuietDaysTest "-Dquorate.quiet.days=${DAYS:-100}" "-Dquorate.quiet.minutes=${MINUTES:-20}" \
  "-Dquorate.quiet.status=${STATUS:-1}" "-Dquorate.quiet.first=${FIRST:-1}" "-Dquorate.quiet.profile=${PROFILE:-fleet}"
