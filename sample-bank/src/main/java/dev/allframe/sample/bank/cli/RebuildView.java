package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.sample.bank.history.InputException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank rebuild}. */
@Command(name = "rebuild", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Builds a view anew from the stored events, beside the rows that are served until it is done; or all views, one after the other.")
final class RebuildView implements Callable<Integer> {

    /** One view, or all. */
    private static final class Which {

        @Parameters(paramLabel = "VIEW", description = "The view: balances, customers, statements or turnover.")
        private @Nullable String view;

        @Option(names = "--all", description = "All views that are not retired.")
        private boolean all;
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    private final Which which = new Which();

    @Option(names = "--accept-deleted", description = "Also where events were deleted, so that the new rows may lack what they had made.")
    private boolean acceptDeleted;

    @Mixin
    private final OrderReason reason = new OrderReason();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        String view = which.all ? "" : ViewName.checked(Objects.requireNonNull(which.view, "a view or --all"));
        storage.checkKeepsViews();
        try (OpenBank bank = new OpenBank(storage)) {
            List<ProjectionMetadata> built = which.all ? all(bank) : List.of(one(bank, view));
            ShowViews.print(built, output);
            return 0;
        }
    }

    private ProjectionMetadata one(OpenBank bank, String view) {
        ViewWait views = bank.views(output);
        long before = views.look(view).view().generation();
        give(order -> bank.projections().rebuild(view, order));
        return views.untilRebuilt(view, before).orThrow();
    }

    private List<ProjectionMetadata> all(OpenBank bank) {
        ViewWait views = bank.views(output);
        Map<String, Long> before = new TreeMap<>();
        for (String name : BankViews.names()) {
            ProjectionMetadata now = views.look(name).view();
            if (now.state() != ProjectionState.RETIRED) {
                before.put(name, now.generation());
            }
        }
        give(bank.projections()::rebuildAll);
        return views.untilAllRebuilt(before);
    }

    private void give(Function<Order, CompletionStage<Void>> giving) {
        Order order = acceptDeleted ? reason.order().acceptingDeletedEvents() : reason.order();
        try {
            giving.apply(order).toCompletableFuture().join();
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof IllegalStateException deleted) {
                throw new InputException(Failures.message(deleted) + ": --accept-deleted does");
            }
            throw refused;
        }
    }
}
