package io.quorate.jobs.settings;

import io.quorate.jobs.alerting.routes.AlertingSettings;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.heartbeat.HeartbeatSettings;
import io.quorate.sinks.receivers.text.InvalidTemplate;
import io.quorate.sinks.receivers.text.PageTexts;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code alerting}: the texts of pages, who is told of what, and who notices that we are silent. */
final class AlertingReader {

    private static final String TEMPLATE = ".mustache";
    private static final Duration HEARTBEAT = Duration.ofMinutes(1);

    private final Reading reading;
    private final Room room;
    private final SecretAddresses addresses;

    AlertingReader(Reading reading, Room room, SecretAddresses addresses) {
        this.reading = reading;
        this.room = room;
        this.addresses = addresses;
    }

    /**
     * What it says; null when it cannot be used.
     *
     * @param bootstrap of the broker that the settings name; null when they name none
     */
    @Nullable
    AlertingSettings settings(@Nullable String bootstrap) {
        PageTexts texts = texts();
        Duration behind = room.duration("pipeline-behind", AlertingSettings.DEFAULT_PIPELINE_BEHIND);
        HeartbeatSettings heartbeat = room.has("heartbeat") ? heartbeat(room.room("heartbeat")) : null;
        ReceiverReader reader = new ReceiverReader(reading, addresses, texts, bootstrap);
        List<ReceiverSettings> receivers = reader.receivers(room);
        List<Route> routes = room.means("routes")
                ? new RouteReader(reading, room, reader.known()).routes()
                : AlertingSettings.routesToAll(receivers);
        // Of receivers and routes that were refused in part, the rest need not fit together.
        boolean sound = !reading.hasProblems();
        return reading.built(
                room.pointer(),
                () -> new AlertingSettings(
                        sound ? receivers : List.of(), sound ? routes : List.of(), heartbeat, behind));
    }

    private @Nullable HeartbeatSettings heartbeat(Room beat) {
        String url = addresses.read(beat, "heartbeat");
        Duration every = beat.duration("every", HEARTBEAT);
        Duration timeout = beat.duration("timeout", Terms.DEFAULT_TIMEOUT);
        boolean allowPrivate = beat.flag("allow-private", false);
        return reading.built(
                beat.pointer(),
                () -> new HeartbeatSettings(
                        url,
                        every,
                        new Terms(timeout, Retry.DEFAULT, true, 0, null, Terms.DEFAULT_FALLBACK_AFTER, allowPrivate)));
    }

    private PageTexts texts() {
        String base = room.text("runbooks");
        Map<String, String> templates = new TreeMap<>();
        Path folder = room.has("templates") ? folder(room.text("templates", "")) : null;
        if (folder != null) {
            room.note("templates", folder.toString());
            read(folder, templates);
        }
        try {
            return PageTexts.of(templates, base);
        } catch (InvalidTemplate e) {
            String file = String.valueOf(folder == null ? null : folder.resolve(e.template() + TEMPLATE));
            reading.problems(List.of(new YamlProblem(file, e.line(), e.reason())));
            return PageTexts.DEFAULT;
        }
    }

    private @Nullable Path folder(String path) {
        try {
            Path folder = reading.folder().resolve(path);
            if (Files.isDirectory(folder)) {
                return folder;
            }
        } catch (InvalidPathException e) {
            // No path at all: told below.
        }
        reading.problem(
                room.at("templates"),
                "'templates' is " + YamlSchema.shown(path)
                        + ", which is no folder; expected a folder of templates such as text.mustache, relative to this"
                        + " file");
        return null;
    }

    private void read(Path folder, Map<String, String> templates) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + TEMPLATE)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                templates.put(name.substring(0, name.length() - TEMPLATE.length()), Files.readString(file));
            }
        } catch (IOException | DirectoryIteratorException e) {
            reading.problem(
                    room.at("templates"),
                    "'templates' holds a file that cannot be read ("
                            + e.getClass().getSimpleName() + "); expected readable ones, in UTF-8");
            return;
        }
        if (templates.isEmpty()) {
            reading.problem(
                    room.at("templates"),
                    "'templates' is a folder without a template; expected title.mustache, text.mustache, html.mustache,"
                            + " sms.mustache, or some of them");
        }
    }
}
