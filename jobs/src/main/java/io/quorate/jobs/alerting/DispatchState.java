package io.quorate.jobs.alerting;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that a dispatcher must not forget.
 *
 * @param at when it was so
 * @param sent by receiver, when it was sent something of late
 */
record DispatchState(
        Instant at, List<Lane> lanes, List<Acknowledgement> acknowledgements, Map<String, List<Instant>> sent) {

    static final DispatchState EMPTY = new DispatchState(Instant.EPOCH, List.of(), List.of(), Map.of());
}
