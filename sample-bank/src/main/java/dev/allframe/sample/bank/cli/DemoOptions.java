package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.InputException;
import picocli.CommandLine.Option;

/** Which bank is made up. */
final class DemoOptions {

    @Option(names = "--seed", defaultValue = "2025", paramLabel = "NUMBER", description = "The same seed makes the same bank (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--accounts", defaultValue = "300", paramLabel = "NUMBER", description = "How many accounts the bank has (default: ${DEFAULT-VALUE}).")
    private int accounts;

    long seed() {
        return seed;
    }

    int accounts() {
        if (accounts < 1) {
            throw new InputException("--accounts must be 1 or more, not " + accounts);
        }
        return accounts;
    }
}
