package io.quorate.jobs;

import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.testutils.InMemoryReporter;

/** What an operator counted, as a reporter of metrics sees it. */
public final class Counted {

    private Counted() {}

    /** The sum over the operator's subtasks. */
    public static long in(InMemoryReporter metrics, JobID job, String operator, String counter) {
        return metrics.getMetricsByGroup().entrySet().stream()
                .filter(group -> {
                    Map<String, String> scope = group.getKey().getAllVariables();
                    return job.toString().equals(scope.get("<job_id>"))
                            && scope.getOrDefault("<operator_name>", "").endsWith(operator);
                })
                .filter(group -> group.getValue().containsKey(counter))
                .mapToLong(group -> ((Counter) group.getValue().get(counter)).getCount())
                .sum();
    }
}
