package io.quorate.rules.yaml;

/** One thing that is wrong with a file: where, what, and what was expected. */
public record YamlProblem(String file, int line, String message) implements Comparable<YamlProblem> {

    @Override
    public int compareTo(YamlProblem other) {
        int byFile = file.compareTo(other.file);
        return byFile != 0
                ? byFile
                : line != other.line ? Integer.compare(line, other.line) : message.compareTo(other.message);
    }

    /** One line, whatever the file holds. */
    @Override
    public String toString() {
        return (file + ":" + line + ": " + message).replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
    }
}
