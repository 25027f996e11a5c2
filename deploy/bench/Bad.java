import io.quorate.testkit.BadTarget;
import io.quorate.testkit.BadTargets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One bad target of each kind for a benchmark, until standard input ends: clusters bad-hanging, bad-large and so on. Writes
 * into the folder it is given http.json and https.json, in Prometheus' format of file_sd, and prints whom to trust.
 */
final class Bad {

    private Bad() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        try (BadTargets targets = BadTargets.start(folder)) {
            write(folder, "http", targets.byName());
            write(folder, "https", targets.byName());
            System.out.println(targets.ca());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private static void write(Path folder, String scheme, Map<String, BadTarget> targets) throws Exception {
        String groups = targets.entrySet().stream()
                .filter(one -> one.getValue().url().startsWith(scheme + ":"))
                .map(one ->
                        """
                        {"targets": ["%s"], "labels": {"cluster": "bad-%s", "member": "m1", "__scheme__": "%s"}}"""
                                .formatted(one.getValue().address(), one.getKey(), scheme))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        Files.writeString(folder.resolve(scheme + ".json"), groups);
    }
}
