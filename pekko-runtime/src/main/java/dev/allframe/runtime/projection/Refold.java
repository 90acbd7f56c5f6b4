package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.Folding;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.projection.fold.HandledPage;
import dev.allframe.projection.fold.Skip;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.view.ViewNames;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Folds a view anew beside everything that is served, in tables of its own that are dropped when it is closed. Waits
 * for the store, so that it is used on a virtual thread; one thread folds, any thread reads.
 */
final class Refold<K, R> implements AutoCloseable {

    private static final int PAGE = 1_000;

    private final RegisteredView<K, R> view;
    private final EventStoreBackend store;
    private final ViewStore files;
    private final String name;
    private final ViewTables tables;
    private final ViewFold<K, R> fold;
    private final AtomicBoolean closed = new AtomicBoolean();

    Refold(RegisteredView<K, R> view, EventStoreBackend store, ViewStore files, Clock clock) {
        this.view = view;
        this.store = store;
        this.files = files;
        name = ViewNames.TEMPORARY + UUID.randomUUID().toString().substring(0, 13);
        tables = files.create(name);
        fold = ViewFold.begin(view.type(), view.rows(), tables, store.storeId(), clock);
    }

    /** Drops what a process that was killed has left. */
    static void dropLeft(ViewStore files) {
        for (String view : files.views()) {
            if (view.startsWith(ViewNames.TEMPORARY)) {
                files.generations(view).forEach(generation -> files.drop(view, generation));
            }
        }
    }

    /**
     * Applies everything up to a record, and nothing that is stored when it has begun: who writes holds up no fold.
     *
     * @param isBeyond whether a record is behind the end
     * @param isLeftOut whether a record is passed over
     * @param over whether nobody waits any more
     * @throws IllegalStateException if an event fails, in a view that stops there
     * @throws dev.allframe.runtime.storage.StorageUnavailableException if the store does not answer
     */
    void run(Predicate<StoredEvent> isBeyond, Predicate<StoredEvent> isLeftOut, Consumer<Folding> progress,
            BooleanSupplier over) {
        Position end = StoreAnswer.of(store.lastPosition(), "its last position");
        long total = end.index();
        EventPage page;
        boolean ended = false;
        do {
            if (over.getAsBoolean()) {
                throw new CancellationException("the view '" + view.type().name() + "' is not folded any more");
            }
            page = StoreAnswer.of(store.getAllEvents(view.handlers().filter(), fold.state().position(), PAGE),
                    "events of the view '" + view.type().name() + "'");
            List<StoredEvent> wanted = new ArrayList<>(page.events().size());
            Position next = page.next();
            for (StoredEvent event : page.events()) {
                if (isBeyond.test(event) || event.position().compareTo(end) > 0) {
                    ended = true;
                    next = wanted.isEmpty() ? fold.state().position() : wanted.getLast().position();
                    break;
                }
                if (!isLeftOut.test(event)) {
                    wanted.add(event);
                }
            }
            apply(new HandledPage<>(view.handlers().handle(wanted), next, ended || page.atEnd()));
            progress.accept(new Folding(Math.min(total, fold.state().position().index()), total));
        } while (!ended && !page.atEnd());
        progress.accept(new Folding(total, total));
    }

    private void apply(HandledPage<K, R> page) {
        FoldFailure failure = fold.apply(page).failure();
        if (failure != null) {
            throw new IllegalStateException("view '" + view.type().name() + "' fails at event " + failure.sequenceNr()
                    + " of " + failure.stream() + ": " + Failures.description(failure.cause()), failure.cause());
        }
    }

    /** Leaves an event out, as the served rows do. */
    void skip(Skip skip) {
        fold.skip(skip, "left out in the served rows");
    }

    ViewFold<K, R> fold() {
        return fold;
    }

    ViewTables tables() {
        return tables;
    }

    StoredRows<K, R> rows() {
        return new StoredRows<>(view.type(), view.rows(), tables);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tables.close();
            files.drop(name, tables.generation());
        }
    }
}
