package io.quorate.ingest.discovery;

import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import okhttp3.HttpUrl;

/** An address that answers in the format of Prometheus' http_sd. */
public record HttpGroups(String url, Transport transport) implements Groups {

    private static final long serialVersionUID = 1;

    @Override
    public String name() {
        return "http " + url;
    }

    @Override
    public List<Group> find(List<String> problems) throws IOException {
        String text = Http.get(transport, Objects.requireNonNull(HttpUrl.parse(url)));
        try {
            return GroupFormat.read(text, false);
        } catch (IllegalArgumentException e) {
            throw new IOException(url + ": " + e.getMessage(), e);
        }
    }
}
