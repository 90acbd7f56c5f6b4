package dev.allframe.journal.allsource.engine.segment;

import java.util.Random;

/** The seed of a random test: given by {@code -Dtest.seed}, else a new one, and always printed. */
final class Seeds {

    private Seeds() {}

    static long next() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        return seed;
    }
}
