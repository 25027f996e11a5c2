package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlStatementsTest {

    @Test
    void splitsAtSemicolons() {
        assertThat(SqlStatements.in("SELECT 1;\nSELECT 2 ; ")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void leavesSemicolonsInTextsNamesAndCommentsAlone() {
        assertThat(SqlStatements.in("""
                        SELECT 'a;b', 'it''s; fine', 'escaped \\'; too', "x;y", `p;q` -- not; here
                        /* nor; here */ FROM t;
                        SELECT 3""")).hasSize(2).last().isEqualTo("SELECT 3");
    }

    @Test
    void findsNothingInCommentsAlone() {
        assertThat(SqlStatements.in("-- just; words\n/* and; these */ ;\n;")).isEmpty();
    }

    @Test
    void quotesInCommentsOpenNoText() {
        assertThat(SqlStatements.in("-- a window's row\nSELECT 1; SELECT 2")).hasSize(2);
    }
}
