package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.sample.bank.history.InputException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank rebuild}. */
@Command(name = "rebuild", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Builds a view anew from the stored events, beside the rows that are served until it is done.")
final class RebuildView implements Callable<Integer> {

    @Mixin
    private final ViewName name = new ViewName();

    @Option(names = "--accept-deleted", description = "Also where events were deleted, so that the new rows may lack what they had made.")
    private boolean acceptDeleted;

    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        String view = name.checked();
        storage.checkKeepsViews();
        try (OpenBank bank = new OpenBank(storage)) {
            ViewWait views = bank.views(output);
            long before = views.look(view).view().generation();
            Order order = acceptDeleted ? name.order().acceptingDeletedEvents() : name.order();
            try {
                bank.projections().rebuild(view, order).toCompletableFuture().join();
            } catch (CompletionException refused) {
                if (refused.getCause() instanceof IllegalStateException deleted) {
                    throw new InputException(Failures.message(deleted) + ": --accept-deleted does");
                }
                throw refused;
            }
            ProjectionMetadata built = views.untilRebuilt(view, before).orThrow();
            ShowViews.print(List.of(built), output);
            return 0;
        }
    }
}
