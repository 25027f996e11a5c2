package io.quorate.violators.events;

public record Innocent() {}
