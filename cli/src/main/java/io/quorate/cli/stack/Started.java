package io.quorate.cli.stack;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What was started beside other things. */
public final class Started {

    private Started() {}

    /** Its result, or what it failed with, as if it had been called here. */
    public static <T extends @Nullable Object> T get(CompletableFuture<T> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
