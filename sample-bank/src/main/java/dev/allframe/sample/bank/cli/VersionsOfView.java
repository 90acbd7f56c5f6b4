package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReplacementRefusedException;
import dev.allframe.projection.ReplacementRefusedException.Reason;
import dev.allframe.projection.Version;
import dev.allframe.projection.ViewComparison;
import dev.allframe.sample.bank.history.InputException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What {@code bank view} does with the two versions of a view that replaces another. */
final class VersionsOfView {

    static final List<String> ORDERS = List.of("compare", "switch", "rollback", "finish");

    /** Both have everything that is stored when this begins to count. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OpenBank bank;
    private final String view;
    private final Output output;

    VersionsOfView(OpenBank bank, String view, Output output) {
        this.bank = bank;
        this.view = view;
        this.output = output;
    }

    /**
     * Compares both, or follows an order.
     *
     * @param differences so many differences are named
     * @return the exit code
     * @throws InputException if the view replaces no other
     * @throws ViewException if it cannot be done
     */
    int run(String order, Order by, int differences) {
        ProjectionMetadata now = bank.projections().describe(view);
        ProjectionMetadata other = now.other();
        if (other == null) {
            throw new InputException("view '" + view + "' replaces no other version");
        }
        int oldVersion = Math.min(now.version(), other.version());
        int newVersion = Math.max(now.version(), other.version());
        ViewWait views = bank.views(output);
        if (order.equals("compare")) {
            views.untilBothUpToDate(view);
            return Compared.print(compared(differences), oldVersion, newVersion, output);
        }
        if (order.equals("finish")) {
            ViewWait.Waited unused = views.look(view); // opened, so that it is known which version answers
            given(() -> bank.projections().finish(view, by));
            return printed(views.untilGivenUp(view));
        }
        int wanted = order.equals("switch") ? newVersion : oldVersion;
        views.untilBothUpToDate(view);
        given(() -> bank.projections().switchTo(view, new Version(wanted), PATIENCE, by));
        return printed(views.untilAnsweredBy(view, wanted));
    }

    private ViewComparison compared(int differences) {
        ProjectionMetadata now = bank.projections().describe(view);
        ProjectionMetadata other = now.other();
        long rows = now.rows() + (other == null ? 0 : other.rows());
        try (Progress shown = bank.progress("compare " + view, rows, "rows", output)) {
            return given(() -> bank.projections()
                    .compare(view, differences, looked -> shown.at(looked.looked())));
        }
    }

    private int printed(ViewWait.Waited waited) {
        ShowViews.print(List.of(waited.view()), output);
        return waited.reached() ? 0 : Bank.NOT_GOOD;
    }

    private static <T> T given(Supplier<CompletionStage<T>> giving) {
        try {
            return giving.get().toCompletableFuture().join();
        } catch (ReplacementRefusedException refused) {
            throw told(refused);
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof ReplacementRefusedException refused ? told(refused) : failed;
        }
    }

    private static RuntimeException told(ReplacementRefusedException refused) {
        return refused.reason() == Reason.NOT_REPLACING
                ? new InputException(Failures.message(refused))
                : new ViewException(Failures.message(refused));
    }
}
