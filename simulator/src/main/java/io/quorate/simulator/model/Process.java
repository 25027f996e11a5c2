package io.quorate.simulator.model;

/** What a member's process is doing. */
public enum Process {
    RUNNING,
    /** Stopped by a signal: takes connections, answers nothing. */
    PAUSED,
    DOWN
}
