package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.output.OutputFormat;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All routes of settings. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show the routes in the order in which they are asked, defaults included.")
final class RoutesShowCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings with the routes.")
    private Path config = Path.of("quorate.yaml");

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object a line (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        List<Route> routes = SettingsReader.read(config).alerting().routes();
        for (Route route : routes) {
            RouteText text = new RouteText(route);
            if (format == OutputFormat.JSON) {
                System.out.println(JSON.writeValueAsString(text.json()));
            } else {
                text.lines().forEach(System.out::println);
            }
        }
        if (routes.isEmpty() && format == OutputFormat.TEXT) {
            System.out.println("No receivers: alerts are only recorded; add alerting.receivers");
        }
        return 0;
    }
}
