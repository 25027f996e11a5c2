package io.quorate.violators.sinks;

final class Prints {

    private Prints() {}

    static void greet() {
        System.out.println("hello");
    }
}
