package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;

import dev.allframe.failure.Failures;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewComparison;
import dev.allframe.query.Query;
import dev.allframe.query.QueryType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.demo.DemoReport;
import dev.allframe.sample.bank.demo.DemoRun;
import dev.allframe.sample.bank.demo.OtherYearException;
import dev.allframe.sample.bank.history.HistoryImport;
import dev.allframe.sample.bank.history.ImportReport;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.opening.DenyList;
import dev.allframe.sample.bank.opening.Opening;
import dev.allframe.sample.bank.orders.Clearing;
import dev.allframe.sample.bank.orders.OrderReport;
import dev.allframe.sample.bank.orders.OrderRun;
import dev.allframe.sample.bank.views.Statements;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The running bank. Its actors start when they are first needed, so that wrong input is told at once, and end when it
 * is closed.
 */
final class OpenBank implements AutoCloseable {

    /** How long a check of a customer may take: the list of those who are not wanted is at hand. */
    private static final Duration CHECKED_WITHIN = Duration.ofSeconds(10);

    private static final List<SagaType<?>> SAGAS = List.of(TRANSFER, ORDER,
            Opening.opening(new DenyList(Set.of()), CHECKED_WITHIN));

    private final Storage storage;
    private final @Nullable ReplayType replay;
    private volatile @Nullable AllFrame started;
    private volatile @Nullable Progress progress;
    private @Nullable AutoCloseable whenEnding;

    /**
     * A bank on the chosen storage.
     *
     * @throws InputException if there is no such storage
     */
    OpenBank(Storage storage) {
        this(storage, null);
    }

    /** As {@link #OpenBank(Storage)}, with a replay, which goes on where it has not ended. */
    OpenBank(Storage storage, @Nullable ReplayType replay) {
        this.storage = storage;
        this.replay = replay;
        storage.isDurable();
    }

    private AllFrame running() {
        AllFrame running = started;
        if (running == null) {
            LoggerFactory.getILoggerFactory(); // ready before many threads log, or SLF4J prints a note about it
            AllFrame.Builder builder = AllFrame.standalone("bank", storage.config())
                    .aggregate(ACCOUNT)
                    .intercept(Clearing.reserving());
            SAGAS.forEach(builder::saga);
            BankViews.all().forEach(builder::projection);
            builder.query(Statements.STATEMENT_OF);
            if (replay != null) {
                builder.replay(replay);
            }
            running = builder.start();
            started = running;
            whenEnding = Ending.call(this::end);
        }
        return running;
    }

    /** The process is told to end. */
    private void end() {
        Progress shown = progress;
        if (shown != null) {
            shown.close();
        }
        AllFrame running = started;
        if (running != null) {
            running.close();
        }
    }

    Ledger ledger() {
        return new Ledger(running().eventStore(ACCOUNT));
    }

    /** Starts, shows and operates sagas. */
    SagaOrchestrator sagas() {
        return running().sagas();
    }

    /** Starts, shows and operates the replay. */
    ReplayManager replays() {
        return running().replays();
    }

    /** Waits for the replay. */
    ReplayWait replay(Output output) {
        return new ReplayWait(running().replays(), output, shown -> progress = shown);
    }

    /** Pays the standing orders of a month; in the months after too where they repeat. */
    OrderReport payOrders(YearMonth month, boolean repeats, Duration patience, Output output) {
        OrderRun orders = new OrderRun(month, ledger().accounts(), repeats);
        try (Progress shown = output.progress("paying", orders.orders(), "orders")) {
            progress = shown;
            return orders.run(running().commands(), sagas(), patience, shown::step);
        }
    }

    /** How the views are doing, and what can be done with them. */
    ProjectionRegistry projections() {
        return running().projections();
    }

    /** Waits for views. */
    ViewWait views(Output output) {
        return new ViewWait(running(), output, shown -> progress = shown);
    }

    /**
     * A view with everything that is stored at this moment.
     *
     * @throws ViewException if the view does not come to it
     */
    <K, R> View<K, R> view(ProjectionType<K, R> type, Output output) {
        views(output).untilUpToDate(type.name());
        return running().view(type);
    }

    /**
     * A view that is not kept, folded from everything that is stored; to be closed.
     *
     * @throws ViewException if it fails at an event
     */
    <K, R> PastView<K, R> folded(ProjectionType<K, R> type, Output output) {
        return folded("fold " + type.name(), output, told -> running().asOf(type, AsOf.now(), told));
    }

    /**
     * Served rows beside those that the stored events make anew.
     *
     * @param most so many differences are named
     * @throws ViewException if the view fails at an event, or serves nothing
     */
    ViewComparison verified(String view, int most, Output output) {
        return folded("verify " + view, output, told -> projections().verify(view, most, told));
    }

    /** A bar that ends with the process. */
    Progress progress(String task, long steps, String unit, Output output) {
        Progress shown = output.progress(task, steps, unit);
        progress = shown;
        return shown;
    }

    private <A> A folded(String task, Output output, Function<Consumer<Folding>, CompletionStage<A>> fold) {
        long end = running().backend().lastPosition().toCompletableFuture().join().index();
        try (Progress shown = progress(task, end, "records", output)) {
            return fold.apply(folding -> shown.at(folding.looked())).toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof IllegalStateException told
                    ? new ViewException(Failures.message(told))
                    : failed;
        }
    }

    /**
     * The answer to a query, from everything that is stored at this moment.
     *
     * @throws ViewException if a view that it reads does not come to it
     */
    <Q extends Query<R>, R> R ask(QueryType<Q, R> type, Q query, Output output) {
        type.views().forEach(view -> views(output).untilUpToDate(view.name()));
        return running().queries().askAndWait(query).orThrow();
    }

    /**
     * Waits until the views have what is stored, so that the next command need not; those that are paused or retired
     * are left out, and those that do not come to it are told. Where nothing outlives the command, nobody waits.
     */
    void awaitViews(Output output) {
        if (storage.isDurable()) {
            for (String name : BankViews.names()) {
                ViewWait.Waited waited = views(output).look(name);
                boolean isWanted = waited.view().state() != ProjectionState.PAUSED
                        && waited.view().state() != ProjectionState.RETIRED;
                output.warn(waited.reached() || !isWanted ? List.of() : List.of(waited.text()));
            }
        }
    }

    /** Imports the history that the folders hold. */
    ImportReport importHistory(List<Path> folders, boolean strict, Output output) {
        HistoryImport history = HistoryImport.read(folders, strict);
        try (Progress shown = output.progress("importing", history.commands(), "commands")) {
            progress = shown;
            return history.run(running().commands(), ledger(), shown::step);
        }
    }

    /** Lives through the made-up year. */
    DemoReport demo(long seed, int accounts, Output output) {
        DemoRun demo = new DemoRun(seed, accounts);
        try (Progress shown = output.progress("a year", demo.commands(), "commands")) {
            progress = shown;
            return demo.run(running().commands(), ledger(), shown::step);
        } catch (OtherYearException other) {
            throw new InputException("the bank in " + storage.folder() + " is not one of seed " + seed + ": "
                    + Failures.message(other) + "; choose its seed, or another --data");
        }
    }

    @Override
    public void close() {
        AllFrame running = started;
        if (running != null) {
            running.close();
        }
        try (AutoCloseable registered = whenEnding) {
            started = null;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
