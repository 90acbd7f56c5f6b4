package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewNames;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank view}. */
@Command(name = "view", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Tells a view what to do; the order is stored, and holds for the commands to come. Or verifies it, or compares the two versions of a view that replaces another.",
        "",
        "pause: apply nothing more. resume: go on after a pause. retry: try again the event before which the view stands. skip: leave one event out, for this view and for ever. retire: drop the rows and apply nothing, until 'bank rebuild' brings the view back. verify: fold the view anew beside it, and tell which rows differ; nothing is changed.",
        "",
        "Of a view of which two versions are kept, the old one answers until it is told otherwise. compare: tell in which rows the versions differ; exit code 1 where they do. switch: let the new version answer. rollback: let the old one answer again. finish: delete the old one; there is no way back."})
final class OrderView implements Callable<Integer> {

    @Mixin
    private final ViewName name = new ViewName();
    @Mixin
    private final OrderReason reason = new OrderReason();

    @Parameters(index = "1", paramLabel = "ORDER", description = "pause, resume, retry, skip, retire, verify, compare, switch, rollback or finish.")
    private String order = "";

    @Option(names = "--account", paramLabel = "ID", description = "For skip: the account of the event.")
    private @Nullable String account;

    @Option(names = "--event", paramLabel = "NUMBER", description = "For skip: the number of the event in its account, as 'bank views' tells it.")
    private @Nullable Long event;

    /** How many differences are named. */
    private static final class Named {

        @Option(names = "--limit", paramLabel = "N", description = "For verify and compare: name at most N rows that differ (default: 10).")
        private @Nullable Integer limit;

        @Option(names = "--all", description = "For verify and compare: name all rows that differ.")
        private boolean all;

        boolean isGiven() {
            return all || limit != null;
        }

        int most() {
            return all ? Integer.MAX_VALUE : limit == null ? 10 : limit;
        }
    }

    @ArgGroup(exclusive = true)
    private final Named named = new Named();

    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        if (order.equals("retire") && !BankViews.names().contains(name.given())) {
            return retireFiles(name.given());
        }
        String view = name.checked();
        boolean ofVersions = VersionsOfView.ORDERS.contains(order);
        if (!ofVersions && !List.of("pause", "resume", "retry", "skip", "retire", "verify").contains(order)) {
            throw new InputException("there is no order '" + order + "'; there are pause, resume, retry, skip, retire,"
                    + " verify, compare, switch, rollback and finish");
        }
        boolean skips = order.equals("skip");
        if (skips != (account != null) || skips != (event != null)) {
            throw new InputException(skips
                    ? "skip needs --account and --event, which 'bank views' tells of a view that stands"
                    : "--account and --event are for skip alone");
        }
        if (event != null && event < 1) {
            throw new InputException("--event must be 1 or more, not " + event);
        }
        if (account != null && (account.isEmpty() || account.indexOf('|') >= 0)) {
            throw new InputException("there is no account '" + account + "'");
        }
        if (named.isGiven() && !List.of("verify", "compare").contains(order)) {
            throw new InputException("--limit and --all are for verify and compare alone");
        }
        if (named.most() < 0) {
            throw new InputException("--limit must be 0 or more, not " + named.most());
        }
        storage.checkKeepsViews();
        try (OpenBank bank = new OpenBank(storage)) {
            if (ofVersions) {
                return new VersionsOfView(bank, view, output).run(order, reason.order(), named.most());
            }
            if (order.equals("verify")) {
                bank.views(output).untilUpToDate(view);
                return Verified.print(bank.verified(view, named.most(), output), output);
            }
            ViewWait views = bank.views(output);
            views.look(view); // opened, so that the order is followed and not found
            give(bank.projections(), view, reason.order());
            ViewWait.Waited waited = switch (order) {
                case "pause" -> views.untilPaused(view);
                case "retire" -> views.untilRetired(view);
                default -> views.lookAfterOrder(view);
            };
            ShowViews.print(List.of(waited.view()), output);
            return waited.reached() ? 0 : Bank.NOT_GOOD;
        }
    }

    /** Deletes what a bank of other views has left. */
    private int retireFiles(String view) {
        storage.checkKeepsViews();
        if (!ViewNames.isName(view) || !Files.isDirectory(storage.folder().resolve("views").resolve(view))) {
            return name.checked().length(); // which refuses it
        }
        try (OpenBank bank = new OpenBank(storage)) {
            ViewWait views = bank.views(output);
            views.untilListed(view, true);
            bank.projections().retire(view, reason.order()).toCompletableFuture().join();
            views.untilListed(view, false);
            ShowViews.print(bank.projections().describe(), output);
            return 0;
        }
    }

    /** Gives the order, and waits until it stands. */
    private void give(ProjectionRegistry views, String view, Order by) {
        try {
            given(views, view, by).toCompletableFuture().join();
        } catch (IllegalArgumentException refused) {
            throw new InputException(Failures.message(refused));
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof IllegalArgumentException refused
                    ? new InputException(Failures.message(refused))
                    : failed;
        }
    }

    private CompletionStage<Void> given(ProjectionRegistry views, String view, Order by) {
        return switch (order) {
            case "pause" -> views.pause(view, by);
            case "resume" -> views.resume(view, by);
            case "retry" -> views.retry(view, by);
            case "retire" -> views.retire(view, by);
            default -> views.skip(view, StreamId.of(ACCOUNT.name(), Objects.requireNonNull(account)),
                    Objects.requireNonNull(event), by);
        };
    }
}
