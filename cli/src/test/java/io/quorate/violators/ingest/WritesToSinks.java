package io.quorate.violators.ingest;

import io.quorate.violators.sinks.AsksRules;

record WritesToSinks(AsksRules sink) {}
