package io.quorate.cli.alerting;

/** How answers are written: for people, or an object a line. */
enum Format {
    TEXT,
    JSON
}
