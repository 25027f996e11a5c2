package io.quorate.cli.alerting;

import io.quorate.events.Control;
import io.quorate.jobs.alerting.Acknowledgement;
import io.quorate.jobs.alerting.Silence;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.rules.yaml.InvalidYaml;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What of the controls is about alerting. One that cannot be read is none to the jobs either. */
final class Controls {

    private Controls() {}

    private interface Reader<T> {
        T read(Control control) throws InvalidYaml;
    }

    /** Those that were not ended, the one that is over first on top. */
    static List<Silence> silences(Collection<Control> said) {
        return read(said, Control.SILENCE, Silence::of, Comparator.comparing(Silence::until));
    }

    /** Those that were not taken back, the one that is over first on top. */
    static List<Acknowledgement> acknowledgements(Collection<Control> said) {
        return read(said, Control.ACK, Acknowledgement::of, Comparator.comparing(Acknowledgement::until));
    }

    private static <T> List<T> read(Collection<Control> said, String kind, Reader<T> reader, Comparator<T> order) {
        List<T> all = new ArrayList<>();
        for (Control control : ControlTopic.inForce(said)) {
            if (control.kind().equals(kind)) {
                try {
                    all.add(reader.read(control));
                } catch (InvalidYaml e) {
                    System.err.println("note: left out: " + e.getMessage());
                }
            }
        }
        all.sort(order);
        return all;
    }
}
