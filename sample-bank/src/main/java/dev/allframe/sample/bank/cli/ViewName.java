package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.InputException;
import picocli.CommandLine.Parameters;

/** Which view an order is for. */
final class ViewName {

    @Parameters(index = "0", paramLabel = "VIEW", description = "The view: balances, customers, statements or turnover.")
    private String view = "";

    /** The view's name, where there is such a view. */
    String checked() {
        return checked(view);
    }

    /** A name, where a view has it. */
    static String checked(String view) {
        if (!BankViews.names().contains(view)) {
            throw new InputException("there is no view '" + view + "'; there are "
                    + String.join(", ", BankViews.names()));
        }
        return view;
    }

    /** The name as it was given. */
    String given() {
        return view;
    }
}
