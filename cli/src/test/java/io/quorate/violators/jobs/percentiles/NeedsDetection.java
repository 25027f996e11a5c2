package io.quorate.violators.jobs.percentiles;

import io.quorate.violators.jobs.detection.NeedsPercentiles;

public record NeedsDetection(NeedsPercentiles other) {}
