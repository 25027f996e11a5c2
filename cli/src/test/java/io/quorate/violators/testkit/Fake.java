package io.quorate.violators.testkit;

public record Fake() {}
