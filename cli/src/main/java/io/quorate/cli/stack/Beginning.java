package io.quorate.cli.stack;

/** How the jobs begin. */
public enum Beginning {
    /** With empty state, where their consumer groups stand in the topics. */
    ANEW,
    /** From the newest checkpoint of each job, where there is one. */
    RESUMED
}
