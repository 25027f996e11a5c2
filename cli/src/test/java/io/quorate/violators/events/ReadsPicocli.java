package io.quorate.violators.events;

import picocli.CommandLine;

public record ReadsPicocli(CommandLine line) {}
