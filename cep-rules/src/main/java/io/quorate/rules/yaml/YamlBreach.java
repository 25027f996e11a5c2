package io.quorate.rules.yaml;

import java.util.Set;

/**
 * A problem, and what it spoils.
 *
 * @param places JSON pointers; what else is wrong there only follows from this problem, and is not told
 */
public record YamlBreach(Set<String> places, YamlProblem problem) {}
