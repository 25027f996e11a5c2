package io.quorate.ingest.prometheus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the answer to a range selector as it streams in, series by series. */
final class MatrixAnswer {

    private static final JsonFactory JSON = new JsonFactory();

    /** Takes one series: its labels, its samples' times in milliseconds since the epoch, and their values. */
    interface SeriesTaker {
        void take(Map<String, String> labels, long[] times, double[] values, int samples);
    }

    private final JsonParser json;
    private final SeriesTaker taker;
    private long[] times = new long[16];
    private double[] values = new double[16];
    private int samples;

    private MatrixAnswer(JsonParser json, SeriesTaker taker) {
        this.json = json;
        this.taker = taker;
    }

    /**
     * Reads the whole answer.
     *
     * @throws PollTrouble when it is none, with Prometheus' own words where it gave some
     */
    static void read(CappedBody body, SeriesTaker taker) throws IOException {
        try (JsonParser json = JSON.createParser(body)) {
            new MatrixAnswer(json, taker).readTop();
        } catch (JsonEOFException | EOFException | ProtocolException e) {
            throw new PollTrouble("truncated", "the answer breaks off: " + firstLine(e));
        } catch (JsonParseException e) {
            throw new PollTrouble("not-json", "no JSON, expected Prometheus' answer: " + body.beginning());
        }
    }

    private void readTop() throws IOException {
        if (json.nextToken() == null) {
            throw new EOFException("it is empty");
        }
        String status = "";
        String errorType = "";
        String error = "";
        boolean data = false;
        expect(JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "status" -> status = json.getValueAsString("");
                case "errorType" -> errorType = json.getValueAsString("");
                case "error" -> error = json.getValueAsString("");
                case "data" -> {
                    data = true;
                    readData();
                }
                default -> json.skipChildren();
            }
        }
        if (status.equals("error")) {
            throw new PollTrouble("query-error", errorType + ": " + error);
        }
        if (!status.equals("success") || !data) {
            throw new PollTrouble("not-prometheus", "JSON, but without status success and data as Prometheus answers");
        }
    }

    private void readData() throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            if (key.equals("resultType") && !"matrix".equals(json.getText())) {
                throw new PollTrouble("not-prometheus", "a " + json.getText() + ", expected a matrix");
            }
            if (key.equals("result")) {
                expect(JsonToken.START_ARRAY);
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    readSeries();
                }
            } else {
                json.skipChildren();
            }
        }
    }

    private void readSeries() throws IOException {
        Map<String, String> labels = new HashMap<>();
        samples = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            if (key.equals("metric")) {
                expect(JsonToken.START_OBJECT);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String label = json.currentName();
                    json.nextToken();
                    labels.put(label, json.getText());
                }
            } else if (key.equals("values")) {
                expect(JsonToken.START_ARRAY);
                while (json.nextToken() == JsonToken.START_ARRAY) {
                    readSample();
                }
            } else {
                json.skipChildren();
            }
        }
        taker.take(labels, times, values, samples);
    }

    private void readSample() throws IOException {
        if (samples == times.length) {
            times = Arrays.copyOf(times, samples * 2);
            values = Arrays.copyOf(values, samples * 2);
        }
        json.nextToken();
        if (json.currentToken() == null || !json.currentToken().isNumeric()) {
            throw new PollTrouble("not-prometheus", "a sample without time, expected [time, \"value\"]");
        }
        times[samples] = Math.round(json.getDoubleValue() * 1000);
        json.nextToken();
        values[samples++] = Numbers.parse(json.getText());
        json.nextToken();
        expect(JsonToken.END_ARRAY);
    }

    private void expect(JsonToken token) throws IOException {
        if (json.currentToken() != token) {
            throw new PollTrouble(
                    "not-prometheus",
                    "JSON, but not as Prometheus answers: " + token + " expected at "
                            + json.currentLocation().offsetDescription());
        }
    }

    private static @Nullable String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(null);
    }
}
