package io.quorate.desk;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The process of the Kafka broker: formats its log folder when that is new, then is Kafka. */
final class KafkaBrokerMain {
    private KafkaBrokerMain() {}

    public static void main(String[] args) throws IOException {
        ParentWatch.begin();
        String settings = args[0];
        if (!Files.exists(logFolder(settings).resolve("meta.properties"))) {
            String[] format = {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", settings};
            // This process' output is the broker's log.
            PrintStream log = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            int code = StorageTool.execute(format, log);
            if (code != 0) {
                System.exit(code);
            }
        }
        Kafka.main(args);
    }

    private static Path logFolder(String settings) throws IOException {
        Properties properties = new Properties();
        try (InputStream file = new FileInputStream(settings)) {
            properties.load(file);
        }
        return Path.of(properties.getProperty("log.dirs"));
    }
}
