package io.quorate.violators.jobs;

final class StreamUtils {

    private StreamUtils() {}

    record NestedHelper() {}
}
