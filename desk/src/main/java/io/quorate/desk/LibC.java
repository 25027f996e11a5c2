package io.quorate.desk;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The two calls of the C library that Java lacks: any signal to any process, and an exit without destructors. */
interface LibC extends Library {
    int SIGKILL = 9;
    int SIGTERM = 15;
    int SIGCONT = 18;
    int SIGSTOP = 19;

    LibC CALLS = Native.load("c", LibC.class);

    int kill(int pid, int signal);

    void _exit(int status);
}
