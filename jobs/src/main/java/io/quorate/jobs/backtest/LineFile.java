package io.quorate.jobs.backtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.jobs.backtest.Line.Output;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Lines as files of a folder, one more file with each start. At least once: what was written after the last checkpoint is
 * written again after a restart, and the same again, so that a line counts once however often it stands there.
 */
final class LineFile implements Sink<Line> {

    private static final long serialVersionUID = 1;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENDING = ".lines";

    private final String folder;

    LineFile(Path folder) {
        this.folder = folder.toString();
    }

    @Override
    public SinkWriter<Line> createWriter(WriterInitContext context) throws IOException {
        Path file = Files.createDirectories(Path.of(folder)).resolve(UUID.randomUUID() + ENDING);
        return new Writer(Files.newBufferedWriter(file));
    }

    /** All that was written into this folder, each line once, in order. One that breaks off was written again. */
    static SortedSet<Line> read(Path folder) throws IOException {
        SortedSet<Line> all = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(ENDING)).toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    lines.forEach(text -> parse(text).ifPresent(all::add));
                }
            }
        }
        return all;
    }

    private static Optional<Line> parse(String text) {
        try {
            String[] parts = JSON.readValue(text, String[].class);
            return Optional.of(new Line(
                    Output.valueOf(parts[0]), Long.parseLong(parts[1]), parts[2], parts[3], parts[4], parts[5]));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private record Writer(BufferedWriter file) implements SinkWriter<Line> {

        @Override
        public void write(Line line, Context context) throws IOException {
            file.write(JSON.writeValueAsString(List.of(
                    line.output().name(),
                    Long.toString(line.time()),
                    line.cluster(),
                    line.member(),
                    line.name(),
                    line.json())));
            file.write('\n');
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            file.flush();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
