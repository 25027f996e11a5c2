package io.quorate.cli.alerting;

import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.Control;
import io.quorate.jobs.alerting.Acknowledgement;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.rules.yaml.Durations;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes an alert, or a group of them, on. */
@Command(
        name = "ack",
        mixinStandardHelpOptions = true,
        description = {
            "Take an alert or a group on: nobody is reminded of it and nobody else is told, until it is over or --for is.",
            "Receivers that keep incidents are told that somebody has it.",
            "Without --config: in the run from here, also when it has ended."
        })
public final class AckCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "ID",
            description = "Of an alert or of a group, as 'quorate alerts' shows it.")
    private String id = "";

    @Option(
            names = "--for",
            paramLabel = "SPAN",
            defaultValue = "4h",
            description = "How long, such as 30m or 4h (default: ${DEFAULT-VALUE}).")
    private String span = "4h";

    @Option(names = "--comment", paramLabel = "TEXT", description = "What is being done, for others.")
    private String comment = "";

    @Option(names = "--undo", description = "Give it back: reminders and escalations go on.")
    private boolean undo;

    @Option(names = "--force", description = "Also an id that no topic shows.")
    private boolean force;

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (default: the user of this machine).")
    private String by = System.getProperty("user.name", "");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings that name a broker of one's own (kafka.bootstrap).")
    private @Nullable Path config;

    private final Clock clock = Clock.systemUTC();

    AckCommand() {}

    @Override
    public Integer call() throws Exception {
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "alerts")) {
            List<Control> heard = ControlTopic.said(broker.kafka());
            Optional<String> refusal = force
                    ? Optional.empty()
                    : undo
                            ? notTaken(heard)
                            : Standing.of(broker.kafka(), heard).refusal(id);
            if (refusal.isPresent()) {
                System.err.println(refusal.get());
                return AlertsCommand.DID_NOT_HOLD;
            }
            Instant at = ControlTopic.momentAfter(heard, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            Acknowledgement taken = new Acknowledgement(id, at, at.plus(Durations.parse(span)), by, comment);
            ControlTopic.say(
                    broker.kafka(),
                    List.of(undo ? new Control(Control.ACK, id, at, by, Control.REMOVED, null) : taken.asControl()));
            System.out.println(undo ? id + " given back" : id + " taken on until " + taken.until());
        }
        return 0;
    }

    private Optional<String> notTaken(List<Control> heard) {
        return Controls.acknowledgements(heard).stream()
                        .anyMatch(taken -> taken.id().equals(id))
                ? Optional.empty()
                : Optional.of(
                        "nobody has taken '" + id + "' on; expected an id that 'quorate alerts' shows as taken on");
    }
}
