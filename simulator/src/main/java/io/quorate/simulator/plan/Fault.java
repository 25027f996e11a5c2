package io.quorate.simulator.plan;

import java.util.Map;

/**
 * One line of a plan: what happens, when, to whom.
 *
 * @param at after the beginning, in microseconds
 * @param lasts in microseconds; 0 for a moment
 * @param numbers its parameters that are numbers: seconds, bytes, ratios, rates
 * @param direction of a partition: both, in or out
 */
record Fault(FaultKind kind, long at, long lasts, Target target, Map<String, Double> numbers, String direction) {

    double number(String name, double otherwise) {
        return numbers.getOrDefault(name, otherwise);
    }
}
