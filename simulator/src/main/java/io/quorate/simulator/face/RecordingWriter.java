package io.quorate.simulator.face;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes what was seen as a recording, such as {@code backtest --from} takes; packed when the name ends so. */
public final class RecordingWriter implements Simulation.Taker, Closeable {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;
    private long lines;

    public RecordingWriter(Path file) throws IOException {
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        boolean packed = String.valueOf(file.getFileName()).endsWith(".gz");
        json = JSON.createGenerator(packed ? new GZIPOutputStream(out, 1 << 16) : out);
        json.setRootValueSeparator(null);
    }

    @Override
    public void take(Observation seen) throws IOException {
        json.writeStartObject();
        json.writeNumberField("t", Math.rint(seen.askedAt() * 1000) / 1000);
        json.writeNumberField("d", Math.rint(seen.took() * 10_000) / 10_000);
        json.writeStringField("cluster", seen.cluster());
        json.writeStringField("member", seen.member());
        json.writeStringField("kind", seen.kind() == Observation.Kind.METRICS ? "metrics" : "status_http");
        if (seen.error() != null) {
            json.writeStringField("err", seen.error());
        } else if (seen.page() != null) {
            json.writeStringField("body", seen.page());
        } else if (seen.status() != null) {
            json.writeObjectFieldStart("body");
            json.writeNumberField("http", 200);
            json.writeStringField("text", GatewayJson.status(seen.status()));
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeRaw('\n');
        lines++;
    }

    public long lines() {
        return lines;
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
