package io.quorate.ingest.discovery;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/** An address that answers in the format of Prometheus' http_sd. */
public final class HttpGroups implements Groups {

    private static final long serialVersionUID = 1;

    private final String url;

    public HttpGroups(String url) {
        this.url = url;
    }

    @Override
    public String name() {
        return "http " + url;
    }

    @Override
    public List<Group> find(List<String> problems) throws IOException {
        String text = Http.get(new OkHttpClient(), Objects.requireNonNull(HttpUrl.parse(url)));
        try {
            return GroupFormat.read(text, false);
        } catch (IllegalArgumentException e) {
            throw new IOException(url + ": " + e.getMessage(), e);
        }
    }
}
