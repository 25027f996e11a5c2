#!/usr/bin/env bash
# Draws docs/demo.svg: one page of a real demo, as a terminal showed it.
#
#   docs/demo-picture.sh                 # runs the demo first, about four minutes
#   docs/demo-picture.sh RECORDED        # from what `script -qec './quorate demo' RECORDED` recorded
#
# Of all pages the first one is taken on which the slow disk has been paged, else the last one.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
recorded=${1:-}
if [[ -z $recorded ]]; then
  recorded=$(mktemp)
  trap 'rm -f "$recorded"' EXIT
  script -qec "stty rows 60 cols 100; '$here/../quorate' demo --for 180s" "$recorded"
fi

LC_ALL=C.UTF-8 awk '
  function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }
  # A run of one colour, where the terminal had it: at a column, as wide as its letters.
  function run(text, colour, column, row) {
    if (text ~ /^ *$/) return ""
    return sprintf("<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\"%s>%s</text>\n",
      LEFT + column * WIDE, TOP + row * HIGH, length(text) * WIDE, colour == "" ? "" : " class=\"" colour "\"", escaped(text))
  }
  # The colour goes on from line to line, as on the terminal.
  function line(text, row,    column, drawn, code, before) {
    while (match(text, /\033\[[0-9;]*[A-Za-z]/)) {
      before = substr(text, 1, RSTART - 1)
      code = substr(text, RSTART + 2, RLENGTH - 2)
      text = substr(text, RSTART + RLENGTH)
      drawn = drawn run(before, colour, column, row)
      column += length(before)
      if (code in COLOURS) colour = COLOURS[code]
    }
    return drawn run(text, colour, column, row)
  }
  BEGIN {
    LEFT = 16; TOP = 30; WIDE = 8.1; HIGH = 18
    COLOURS["0m"] = ""; COLOURS["1m"] = "bold"; COLOURS["2m"] = "dim"
    COLOURS["31m"] = "red"; COLOURS["32m"] = "green"; COLOURS["33m"] = "yellow"
  }
  { sub(/\r$/, "") }
  # A page ends by clearing what is below it; the next begins on that same line.
  drawing && /\033\[J/ {
    drawing = 0
    if (!pagedKept) { rows = n; for (i = 0; i < n; i++) kept[i] = page[i]; pagedKept = paged > 0 }
  }
  /\033\[H/ { sub(/.*\033\[H(\033\[2J)?/, ""); drawing = 1; paged = 0; n = 0 }
  drawing { page[n++] = $0; paged += /EtcdWalFsyncRegression/ }
  END {
    if (!rows) { print "demo-picture: no page of a demo in it" > "/dev/stderr"; exit 1 }
    width = 100 * WIDE + 2 * LEFT
    height = TOP + rows * HIGH
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", width, height, width, height
    print "<!-- One page of a real run of ./quorate demo, drawn by docs/demo-picture.sh: run it to draw another. -->"
    print "<title>The page of the Quorate demo</title>"
    print "<style>text{font:13.5px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;fill:#d4d7dd;white-space:pre}"
    print ".bold{font-weight:bold;fill:#fff}.dim{fill:#8b919c}.red{fill:#ff7b72}.green{fill:#7ee787}.yellow{fill:#f2cc60}</style>"
    print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#161b22\"/>"
    for (i = 0; i < rows; i++) printf "%s", line(kept[i], i)
    print "</svg>"
  }' "$recorded" >"$here/demo.svg.new" || { rm -f "$here/demo.svg.new"; exit 1; }
mv "$here/demo.svg.new" "$here/demo.svg"
echo "Drew $here/demo.svg" >&2
