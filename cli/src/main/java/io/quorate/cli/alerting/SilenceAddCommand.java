package io.quorate.cli.alerting;

import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.Control;
import io.quorate.jobs.alerting.Silence;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.rules.yaml.Durations;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Begins a silence, and tells its id. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = {
            "Silence the alerts with these labels from now on: alertname, severity, cluster, member, and those of the cluster.",
            "Without --config: in the run from here, also when it has ended."
        },
        footer = {
            "",
            "quorate silence add --where 'cluster=\"prod-eu-1\",severity!=\"critical\"' --for 2h --comment 'new disks'"
        })
final class SilenceAddCommand implements Callable<Integer> {

    @Option(
            names = "--where",
            required = true,
            paramLabel = "MATCHERS",
            description = "Such as 'env=\"dev\",alertname=~\"EtcdWal.*\"'; all of them hold.")
    private String where = "";

    @Option(names = "--for", required = true, paramLabel = "SPAN", description = "How long, such as 30m, 2h or 1d.")
    private String span = "";

    @Option(names = "--comment", paramLabel = "TEXT", description = "Why, for others.")
    private String comment = "";

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
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        Silence silence = new Silence(
                HexFormat.of().formatHex(random),
                LabelMatcher.parse(where),
                now,
                now.plus(Durations.parse(span)),
                by,
                comment);
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "alerts")) {
            List<Control> heard = ControlTopic.said(broker.kafka());
            ControlTopic.say(broker.kafka(), List.of(silence.asControl(ControlTopic.momentAfter(heard, now))));
        }
        System.out.println("silence " + silence.id() + " of " + LabelMatcher.text(silence.where()) + " until "
                + silence.until() + "; end it with 'quorate silence expire " + silence.id() + "'");
        return 0;
    }
}
