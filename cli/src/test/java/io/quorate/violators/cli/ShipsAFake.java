package io.quorate.violators.cli;

import io.quorate.violators.testkit.Fake;

record ShipsAFake(Fake fake) {}
