package io.quorate.violators.jobs.detection;

import io.quorate.violators.jobs.percentiles.NeedsDetection;

public record NeedsPercentiles(NeedsDetection other) {}
