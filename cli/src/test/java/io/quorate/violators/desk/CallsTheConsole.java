package io.quorate.violators.desk;

import io.quorate.violators.console.Page;

public record CallsTheConsole(Page page) {}
