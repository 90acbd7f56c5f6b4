package dev.allframe.journal.allsource.engine;

import java.util.Random;

/**
 * The seed of a random test, given by {@code -Dtest.seed}, else a new one, and always printed; and how many cases a
 * test tries.
 */
public final class Seeds {

    private Seeds() {}

    /** The seed of a test. */
    public static long next() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        return seed;
    }

    /** A count that a system property may raise for a soak. */
    public static int count(String property, int usual) {
        return Integer.getInteger(property, usual);
    }
}
