package dev.allframe.journal.allsource.engine.index;

import java.util.Random;

/** Random tests say how to run them again. */
final class Seeds {

    private Seeds() {}

    static Random random() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isBlank() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("replay with -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
