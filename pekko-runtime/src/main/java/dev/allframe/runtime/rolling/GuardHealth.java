package dev.allframe.runtime.rolling;

import java.util.List;

/**
 * Whether the guard knows what the members of the cluster can read. While it does not, nothing is stored of versions of
 * which nothing was stored before.
 *
 * @param problems what keeps it from knowing, each in a sentence that names the member; empty where nothing does
 */
public record GuardHealth(List<String> problems) {

    /** Nothing is wrong. */
    public static final GuardHealth GOOD = new GuardHealth(List.of());

    public GuardHealth {
        problems = List.copyOf(problems);
    }

    /** Whether nothing is wrong. */
    public boolean isGood() {
        return problems.isEmpty();
    }
}
