package io.quorate.violators.sinks;

import kotlin.Unit;

record SpeaksKotlin(Unit nothing) {}
