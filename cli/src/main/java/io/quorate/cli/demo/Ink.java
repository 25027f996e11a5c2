package io.quorate.cli.demo;

/** What sets a word off from the others on a terminal. */
enum Ink {
    BOLD(1),
    DIM(2),
    RED(31),
    GREEN(32),
    YELLOW(33);

    private static final String PLAIN = "\u001b[0m";

    private final String begins;

    Ink(int code) {
        this.begins = "\u001b[" + code + "m";
    }

    String on(String text) {
        return begins + text + PLAIN;
    }
}
