package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which way an alert would go. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description =
                "Show which routes an alert with these labels takes, whom it reaches, and what it is told together with.",
        footer = {
            "",
            "quorate routes test --config quorate.yaml --labels 'alertname=EtcdNoLeader,severity=critical,cluster=c1,env=prod' \\",
            "    --expect pagerduty,slack"
        })
final class RoutesTestCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings with the routes.")
    private Path config = Path.of("quorate.yaml");

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "LABELS",
            description =
                    "Of the alert: 'alertname=EtcdNoLeader,severity=critical,cluster=c1' and those of the cluster.")
    private String labels = "";

    @Option(
            names = "--expect",
            split = ",",
            paramLabel = "RECEIVER",
            description = "Fail unless exactly these are told at first.")
    private @Nullable Set<String> expected;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object a line (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        Map<String, String> alert = labels();
        List<Route> taking =
                Route.of(alert, SettingsReader.read(config).alerting().routes());
        Set<String> told = new TreeSet<>();
        for (Route route : taking) {
            told.addAll(route.receivers());
            tell(route, alert);
        }
        if (taking.isEmpty()) {
            System.err.println("No receivers: alerts are only recorded; add alerting.receivers");
        }
        if (expected != null && !told.equals(new TreeSet<>(expected))) {
            System.err.println("told " + words(told) + ", expected " + words(new TreeSet<>(expected)));
            return AlertsCommand.DID_NOT_HOLD;
        }
        return 0;
    }

    private Map<String, String> labels() {
        Map<String, String> alert = new TreeMap<>();
        for (LabelMatcher matcher : LabelMatcher.parse(labels)) {
            if (matcher.op() != LabelMatcher.Op.IS) {
                throw new IllegalArgumentException("--labels " + labels + ": " + matcher.label() + " stands with "
                        + matcher.op().text() + "; expected the labels of one alert, each with =");
            }
            alert.put(matcher.label(), matcher.value());
        }
        return alert;
    }

    private void tell(Route route, Map<String, String> alert) throws Exception {
        RouteText text = new RouteText(route);
        if (format == OutputFormat.JSON) {
            ObjectNode json = JSON.createObjectNode().put("route", route.name());
            route.receivers().forEach(json.putArray("receivers")::add);
            ObjectNode group = json.putObject("group");
            route.groupBy().forEach(label -> group.put(label, alert.getOrDefault(label, "")));
            System.out.println(JSON.writeValueAsString(json));
        } else {
            System.out.println("route " + route.name() + ": to " + String.join(", ", route.receivers()));
            System.out.println("    group: " + text.group(alert));
            System.out.println("    " + text.times());
        }
    }

    private static String words(Set<String> receivers) {
        return receivers.isEmpty() ? "nobody" : String.join(", ", receivers);
    }
}
