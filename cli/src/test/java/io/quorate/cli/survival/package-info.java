/** What a run survives: a killed Flink process, a ClickHouse that goes away. */
package io.quorate.cli.survival;
