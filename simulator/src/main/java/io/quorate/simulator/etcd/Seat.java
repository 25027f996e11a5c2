package io.quorate.simulator.etcd;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import java.util.Optional;
import java.util.function.BiFunction;

/** One member that can be asked. Whoever serves the fleet keeps its clock, and lets nothing move while it answers. */
public interface Seat {

    Cluster cluster();

    Member member();

    Process process();

    /** What the member says now; empty while it is stopped or out of reach. */
    <T> Optional<T> ask(BiFunction<Cluster, Member, T> question);
}
