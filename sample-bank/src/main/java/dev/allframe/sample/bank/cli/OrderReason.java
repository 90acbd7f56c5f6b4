package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.sample.bank.history.InputException;
import picocli.CommandLine.Option;

/** Why an order is given. */
final class OrderReason {

    @Option(names = "--reason", defaultValue = "ordered at the command line", paramLabel = "TEXT", description = "Why, kept with the order in the store (default: ${DEFAULT-VALUE}).")
    private String reason = "";

    /** An order of the user who runs the command. */
    Order order() {
        if (reason.length() > Order.MAX_LENGTH) {
            throw new InputException("--reason must have at most " + Order.MAX_LENGTH + " characters, not "
                    + reason.length());
        }
        return Order.of(System.getProperty("user.name", "unknown"), reason);
    }
}
