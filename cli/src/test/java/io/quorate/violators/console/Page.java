package io.quorate.violators.console;

public record Page() {}
