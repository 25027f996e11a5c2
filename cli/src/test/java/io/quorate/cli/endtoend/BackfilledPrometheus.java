package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A real Prometheus that holds scrapes of another under their own times, as promtool writes them into its blocks. */
final class BackfilledPrometheus {

    private static final String DIRECTORY = "prometheus";

    private BackfilledPrometheus() {}

    /** One that holds these, and scrapes nothing itself. */
    static PrometheusServer holding(Home home, List<MemberScrape> scrapes) throws Exception {
        Path data = home.data().resolve(DIRECTORY);
        Path blocks = Files.createDirectories(data.resolve("tsdb"));
        Path samples = data.resolve("samples.txt");
        try (Writer writer = Files.newBufferedWriter(samples);
                PrintWriter out = new PrintWriter(writer)) {
            scrapes.forEach(scrape -> new Page(out, scrape).write());
            out.print("# EOF\n");
            if (out.checkError()) {
                throw new IOException(samples + " could not be written");
            }
        }
        Process promtool = new ProcessBuilder(
                        Parts.of(home).prometheus().resolveSibling("promtool").toString(),
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        samples.toString(),
                        blocks.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        return PrometheusServer.start(home, DIRECTORY, Duration.ofSeconds(10), List.of());
    }

    /** What Prometheus would have kept of one scrape. */
    private record Page(PrintWriter out, MemberScrape scrape) {

        void write() {
            sample("up", "", scrape.answered() ? 1 : 0);
            if (scrape.memberId() != null) {
                sample("etcd_server_id", "server_id=\"" + scrape.memberId() + '"', 1);
            }
            for (Sample counter : scrape.counters()) {
                sample(counter.metric(), counter.labels(), counter.value());
            }
            for (Sample gauge : scrape.gauges()) {
                sample(gauge.metric(), gauge.labels(), gauge.value());
            }
            scrape.histograms().forEach(this::histogram);
        }

        private void histogram(Histogram histogram) {
            BucketVector vector = histogram.vector();
            String more = histogram.labels().isEmpty() ? "" : histogram.labels() + ',';
            long cumulative = 0;
            for (int i = 0; i < vector.counts().length; i++) {
                cumulative += vector.counts()[i];
                String edge = i < vector.edges().length ? Double.toString(vector.edges()[i]) : "+Inf";
                sample(histogram.metric() + "_bucket", more + "le=\"" + edge + '"', cumulative);
            }
            sample(histogram.metric() + "_count", histogram.labels(), cumulative);
            sample(histogram.metric() + "_sum", histogram.labels(), vector.sum());
        }

        private void sample(String metric, String labels, double value) {
            long at = scrape.observedAt().toEpochMilli();
            // promtool cuts milliseconds off a float of seconds: four tenths more keep it from falling one short.
            out.printf(
                    Locale.ROOT,
                    "%s{job=\"etcd\",instance=\"%s.%s:2379\",cluster=\"%s\",member=\"%s\"%s} %s %d.%03d4\n",
                    metric,
                    scrape.member(),
                    scrape.cluster(),
                    scrape.cluster(),
                    scrape.member(),
                    labels.isEmpty() ? "" : "," + labels,
                    Double.toString(value),
                    at / 1000,
                    at % 1000);
        }
    }
}
