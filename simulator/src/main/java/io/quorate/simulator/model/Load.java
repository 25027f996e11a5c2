package io.quorate.simulator.model;

/**
 * What clients ask of one cluster.
 *
 * @param puts per second
 * @param workers that put, each waiting for its answer before it asks again, spread evenly over the members
 * @param valueBytes of a put
 * @param keys that are written over and over
 * @param ranges per second and cluster, answered by the member that is asked
 * @param others proposals per second that put nothing, such as those of 3.4's health checks
 * @param watchers per member
 */
public record Load(double puts, int workers, int valueBytes, long keys, double ranges, double others, int watchers) {

    public static final Load DEFAULT = new Load(40, 3, 256, 1000, 10, 0.5, 10);

    public Load {
        if (!(puts >= 0 && ranges >= 0 && others >= 0) || workers < 1 || valueBytes < 0 || keys < 1 || watchers < 0) {
            throw new IllegalArgumentException("a load needs rates of at least 0, and at least one worker and key");
        }
    }

    /** So many times the puts, by as many more workers. */
    public Load times(double factor) {
        return new Load(
                puts * factor,
                Math.max(1, (int) Math.ceil(workers * factor)),
                valueBytes,
                keys,
                ranges * factor,
                others,
                watchers);
    }

    /** Bytes of the backend that one put takes: small values share pages, large ones take whole ones. */
    long bytesPerPut() {
        long entry = valueBytes + 110L;
        return entry < 1000 ? entry * 115 / 100 : (entry + 4095) / 4096 * 4096;
    }
}
