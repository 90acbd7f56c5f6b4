package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionType;
import dev.allframe.sample.bank.views.Balances;
import dev.allframe.sample.bank.views.Customers;
import dev.allframe.sample.bank.views.Statements;
import dev.allframe.sample.bank.views.Turnover;
import java.util.List;

/** The views that the bank keeps. */
final class BankViews {

    private static final List<ProjectionType<?, ?>> USUAL = List.of(Balances.BALANCES, Customers.CUSTOMERS,
            Statements.STATEMENTS, Turnover.TURNOVER);

    private static volatile List<ProjectionType<?, ?>> kept = USUAL;

    private BankViews() {}

    static List<ProjectionType<?, ?>> all() {
        return kept;
    }

    static List<String> names() {
        return all().stream().map(ProjectionType::name).toList();
    }

    /** Is a bank with newer code of a view, until it is closed. For tests. */
    static AutoCloseable with(ProjectionType<?, ?> newer) {
        kept = USUAL.stream()
                .<ProjectionType<?, ?>>map(view -> view.name().equals(newer.name()) ? newer : view)
                .toList();
        return () -> kept = USUAL;
    }
}
