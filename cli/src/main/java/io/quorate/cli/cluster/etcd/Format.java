package io.quorate.cli.cluster.etcd;

/** How answers are written: for people, or as JSON. */
enum Format {
    TEXT,
    JSON
}
