package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.InputException;
import picocli.CommandLine.Option;

/** Which bank is made up. */
final class DemoOptions {

    /** A bank of this size is about two million commands, which fit into a few gigabytes. */
    private static final int MAX_ACCOUNTS = 10_000;

    @Option(names = "--seed", defaultValue = "2025", paramLabel = "NUMBER", description = "The same seed makes the same bank (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--accounts", defaultValue = "300", paramLabel = "NUMBER", description = "How many accounts the bank has, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int accounts;

    long seed() {
        return seed;
    }

    int accounts() {
        if (accounts < 1 || accounts > MAX_ACCOUNTS) {
            throw new InputException("--accounts must be from 1 to " + MAX_ACCOUNTS + ", not " + accounts);
        }
        return accounts;
    }
}
