package io.quorate.cli.alerting;

import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.Control;
import io.quorate.jobs.alerting.Silence;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.rules.yaml.Nearest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a silence before its time. */
@Command(
        name = "expire",
        mixinStandardHelpOptions = true,
        description = {
            "End a silence now: what it held back and still fires is told.",
            "Without --config: in the run from here, also when it has ended."
        })
final class SilenceExpireCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "As 'quorate silence list' shows it.")
    private String id = "";

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (default: the user of this machine).")
    private String by = System.getProperty("user.name", "");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings that name a broker of one's own (kafka.bootstrap).")
    private @Nullable Path config;

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws Exception {
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "alerts")) {
            List<Control> heard = ControlTopic.said(broker.kafka());
            List<String> known =
                    Controls.silences(heard).stream().map(Silence::id).toList();
            if (!known.contains(id)) {
                System.err.println("no silence '" + id + "' holds; "
                        + Nearest.of(id, known)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("expected one of those that 'quorate silence list' shows"));
                return AlertsCommand.DID_NOT_HOLD;
            }
            ControlTopic.say(
                    broker.kafka(),
                    List.of(new Control(
                            Control.SILENCE,
                            id,
                            ControlTopic.momentAfter(heard, clock.instant().truncatedTo(ChronoUnit.MILLIS)),
                            by,
                            Control.REMOVED,
                            null)));
        }
        System.out.println("silence " + id + " ended");
        return 0;
    }
}
