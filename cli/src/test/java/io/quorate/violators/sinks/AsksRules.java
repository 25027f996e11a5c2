package io.quorate.violators.sinks;

import io.quorate.violators.rules.AsksIngest;

public record AsksRules(AsksIngest rule) {}
