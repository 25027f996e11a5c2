package io.quorate.sinks.clickhouse;

import java.util.ArrayList;
import java.util.List;

/** The statements of an SQL file, one by one: split at semicolons that stand in no string, name or comment. */
final class SqlStatements {

    private final String sql;
    private int at;

    private SqlStatements(String sql) {
        this.sql = sql;
    }

    /** The statements in order, without those that hold nothing but comments. */
    static List<String> in(String sql) {
        return new SqlStatements(sql).split();
    }

    private List<String> split() {
        List<String> statements = new ArrayList<>();
        int start = 0;
        boolean says = false;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ';') {
                if (says) {
                    statements.add(sql.substring(start, at).strip());
                }
                start = ++at;
                says = false;
            } else if (sql.startsWith("--", at)) {
                skipPast("\n");
            } else if (sql.startsWith("/*", at)) {
                skipPast("*/");
            } else if (c == '\'' || c == '"' || c == '`') {
                skipQuoted(c);
                says = true;
            } else {
                says |= !Character.isWhitespace(c);
                at++;
            }
        }
        if (says) {
            statements.add(sql.substring(start).strip());
        }
        return statements;
    }

    private void skipPast(String end) {
        int found = sql.indexOf(end, at);
        at = found < 0 ? sql.length() : found + end.length();
    }

    /** A doubled quote ends one text and begins the next, which comes to the same. */
    private void skipQuoted(char quote) {
        at++;
        while (at < sql.length() && sql.charAt(at) != quote) {
            at += sql.charAt(at) == '\\' ? 2 : 1;
        }
        at = Math.min(at + 1, sql.length());
    }
}
