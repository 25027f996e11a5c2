package io.quorate.ingest.poll;

import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Keeps counters and gauges by name; those of a group with a value as {@code key.value.name}. */
final class FakeMetricGroup extends UnregisteredMetricsGroup implements SourceReaderMetricGroup {

    private final String prefix;
    private final Map<String, Metric> metrics;

    FakeMetricGroup(String prefix, Map<String, Metric> metrics) {
        this.prefix = prefix;
        this.metrics = metrics;
    }

    @Override
    public <C extends Counter> C counter(String name, C counter) {
        metrics.put(prefix + name, counter);
        return counter;
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
        metrics.put(prefix + name, gauge);
        return gauge;
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
        return new FakeMetricGroup(prefix + key + "." + value + ".", metrics);
    }

    @Override
    public OperatorIOMetricGroup getIOMetricGroup() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Counter getNumRecordsInErrorsCounter() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setPendingBytesGauge(Gauge<Long> pendingBytes) {}

    @Override
    public void setPendingRecordsGauge(Gauge<Long> pendingRecords) {}
}
