-- Which members run out of processor, memory, file descriptors, disk or network?
--
-- Rates are counts added over the span and divided by the time of the windows that counted. The machine's columns are null
-- without a node-exporter; of several disks or network devices the busiest is shown.
WITH
series AS
(
    SELECT
        cluster,
        member,
        metric,
        extract(labels, 'device="([^"]*)"')                                AS device,
        sum(increase)                                                      AS grown,
        sumIf(increase, match(labels, 'mode="iowait"'))                    AS waited,
        sumIf(increase, match(labels, 'mode="idle"'))                      AS idled,
        max(max)                                                           AS most,
        sum(dateDiff('millisecond', window_start, window_end)) / 1000      AS series_seconds
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND kind != 'histogram' AND metric IN ('process_cpu_seconds_total', 'process_resident_memory_bytes',
            'process_open_fds', 'process_max_fds', 'quorate_open_fds_ratio', 'quorate_memory_used_ratio', 'node_cpu_seconds_total',
            'node_disk_io_time_seconds_total', 'node_disk_writes_completed_total', 'node_disk_write_time_seconds_total',
            'node_network_receive_bytes_total', 'node_network_transmit_bytes_total', 'node_pressure_io_waiting_seconds_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, metric, device
)
SELECT
    cluster,
    member,
    round(maxIf(grown / series_seconds, metric = 'process_cpu_seconds_total'), 3)           AS cpu_cores,
    round(maxIf(most, metric = 'process_resident_memory_bytes') / 1048576)                  AS most_memory_mib,
    maxIf(most, metric = 'process_open_fds')                                                AS most_open_fds_count,
    round(100 * maxIf(most, metric = 'quorate_open_fds_ratio'), 2)                          AS most_open_fds_percent,
    quorate_percent(sumIf(grown - idled, metric = 'node_cpu_seconds_total'), sumIf(grown, metric = 'node_cpu_seconds_total'))  AS machine_busy_percent,
    quorate_percent(sumIf(waited, metric = 'node_cpu_seconds_total'), sumIf(grown, metric = 'node_cpu_seconds_total')) AS machine_iowait_percent,
    round(100 * maxIf(grown / series_seconds, metric = 'node_pressure_io_waiting_seconds_total'), 2) AS some_wait_for_io_percent,
    round(100 * maxIf(most, metric = 'quorate_memory_used_ratio'), 2)                       AS most_machine_memory_percent,
    round(100 * maxIf(grown / series_seconds, metric = 'node_disk_io_time_seconds_total'), 2) AS busiest_disk_percent,
    round(maxIf(grown / series_seconds, metric = 'node_disk_writes_completed_total'), 1)    AS most_disk_writes_per_second,
    quorate_ms(sumIf(grown, metric = 'node_disk_write_time_seconds_total')
        / nullIf(sumIf(grown, metric = 'node_disk_writes_completed_total'), 0))             AS mean_disk_write_ms,
    round(maxIf(grown / series_seconds, metric = 'node_network_receive_bytes_total') / 1048576, 3)  AS received_mib_per_second,
    round(maxIf(grown / series_seconds, metric = 'node_network_transmit_bytes_total') / 1048576, 3) AS sent_mib_per_second
FROM series
GROUP BY cluster, member
ORDER BY greatest(coalesce(most_open_fds_percent, 0), coalesce(machine_busy_percent, 0), coalesce(most_machine_memory_percent, 0),
    coalesce(busiest_disk_percent, 0)) DESC, cpu_cores DESC, cluster, member
LIMIT 100
