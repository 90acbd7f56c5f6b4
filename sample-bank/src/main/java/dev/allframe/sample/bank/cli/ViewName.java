package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.sample.bank.history.InputException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which view an order is for, and why. */
final class ViewName {

    @Parameters(index = "0", paramLabel = "VIEW", description = "The view: balances, customers, statements or turnover.")
    private String view = "";

    @Option(names = "--reason", defaultValue = "ordered at the command line", paramLabel = "TEXT", description = "Why, kept with the order in the store (default: ${DEFAULT-VALUE}).")
    private String reason = "";

    /** The view's name. */
    String checked() {
        if (!OpenBank.viewNames().contains(view)) {
            throw new InputException("there is no view '" + view + "'; there are "
                    + String.join(", ", OpenBank.viewNames()));
        }
        return view;
    }

    /** An order of the user who runs the command. */
    Order order() {
        return Order.of(System.getProperty("user.name", "unknown"), reason);
    }
}
