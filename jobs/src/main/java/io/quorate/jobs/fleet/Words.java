package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import java.io.Serializable;
import java.util.Set;

/**
 * What the words of rules mean to the fleet.
 *
 * @param blindness the rules whose alerts say that nothing is seen
 * @param neverCalmed the rules that never tell that what was pending is over
 */
public record Words(Set<String> blindness, Set<String> neverCalmed) implements Serializable {

    public Words {
        blindness = Set.copyOf(blindness);
        neverCalmed = Set.copyOf(neverCalmed);
    }

    /** Whether nobody is ill by it: who cannot be seen is not, nor who was for one window, of which nobody would tell the end. */
    boolean makesNobodyIll(Alert alert) {
        return blindness.contains(alert.rule())
                || (alert.status() == Status.PENDING && neverCalmed.contains(alert.rule()));
    }
}
