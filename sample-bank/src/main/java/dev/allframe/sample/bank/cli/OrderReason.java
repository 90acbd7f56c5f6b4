package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionRegistry.Order;
import picocli.CommandLine.Option;

/** Why an order is given. */
final class OrderReason {

    @Option(names = "--reason", defaultValue = "ordered at the command line", paramLabel = "TEXT", description = "Why, kept with the order in the store (default: ${DEFAULT-VALUE}).")
    private String reason = "";

    /** An order of the user who runs the command. */
    Order order() {
        return Order.of(System.getProperty("user.name", "unknown"), reason);
    }
}
