package io.quorate.violators.jobs;

import io.quorate.violators.desk.CallsTheConsole;

record StartsTheDesk(CallsTheConsole desk) {}
