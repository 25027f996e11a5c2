package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An episode that began in a maintenance; a Flink POJO, as it is keyed state. */
public class Hushed {

    public String maintenance = "";
    public Instant until = Instant.EPOCH;

    /** Its last transition. */
    public @Nullable Alert last;

    /** The maintenance is over: the rest of the episode is told. */
    public boolean told;

    static Hushed of(String maintenance, Instant until) {
        Hushed hushed = new Hushed();
        hushed.maintenance = maintenance;
        hushed.until = until;
        return hushed;
    }
}
