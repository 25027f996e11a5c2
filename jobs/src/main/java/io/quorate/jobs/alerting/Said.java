package io.quorate.jobs.alerting;

import io.quorate.events.Control;
import java.io.Serializable;
import java.util.List;

/** What people had said when a job began. */
@FunctionalInterface
public interface Said extends Serializable {

    /** Nothing where it cannot be known: who is not silenced for certain is told. */
    List<Control> now();
}
