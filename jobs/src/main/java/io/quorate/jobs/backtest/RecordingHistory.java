package io.quorate.jobs.backtest;

import io.quorate.ingest.Observation;
import io.quorate.ingest.recording.RecordedFleet;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Recordings, which several are one fleet. They are read at once: a recording is minutes long. */
public final class RecordingHistory implements History {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> files;

    public RecordingHistory(List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no recording, expected at least one file");
        }
        this.files = new ArrayList<>(
                files.stream().map(file -> file.toAbsolutePath().toString()).toList());
    }

    @Override
    public Grain grain() {
        return Grain.SCRAPES;
    }

    @Override
    public List<String> lacks() {
        return List.of(
                "no member list: who belongs is who appears, and clusters have no labels, so no fleet incidents");
    }

    @Override
    public Set<Kind> tells() {
        return EnumSet.complementOf(EnumSet.of(Kind.ROSTERS));
    }

    @Override
    public Duration chunk() {
        return Duration.ofDays(365_000);
    }

    @Override
    public Reader open(Instant since) {
        List<Happened> all = new ArrayList<>();
        for (Observation observation :
                RecordedFleet.observations(files.stream().map(Path::of).toList())) {
            if (observation.scrape() != null) {
                all.add(Happened.of(observation.scrape()));
            } else if (observation.status() != null) {
                all.add(Happened.of(observation.status()));
            }
        }
        return new Sorted(all);
    }

    /** What is in memory, in order of time. */
    private record Sorted(List<Happened> all) implements Reader {

        @Override
        public List<Happened> chunk(Instant from, Instant to) {
            return all.stream()
                    .filter(one -> !one.at().isBefore(from) && one.at().isBefore(to))
                    .toList();
        }

        @Override
        public void close() {}
    }
}
