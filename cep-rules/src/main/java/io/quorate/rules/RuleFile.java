package io.quorate.rules;

/**
 * A rule and where it stands.
 *
 * @param name of the file, as messages show it
 */
public record RuleFile(String name, Rule rule) {}
