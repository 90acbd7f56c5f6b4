package dev.allframe.runtime.projection;

import dev.allframe.codec.RowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.fold.Origin;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, makes and drops the generations of one view: finds out which of those that are there hold what today's code
 * makes of this store. Waits for files and for the store; used by one piece of work at a time.
 */
final class Generations<K, R> {

    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    private final ProjectionType<K, R> type;
    private final RowCodec<R> codec;
    private final ViewStore views;
    private final EventStoreBackend store;
    private final Clock clock;
    private final Origin today;

    Generations(RegisteredView<K, R> view, ViewStore views, EventStoreBackend store, Clock clock) {
        this.type = view.type();
        this.codec = view.rows();
        this.views = views;
        this.store = store;
        this.clock = clock;
        this.today = Origin.of(store.storeId(), type, codec);
    }

    /**
     * What was found.
     *
     * @param served holds what today's code makes of this store, and was served before; null where none does
     * @param building the same, and was not complete; null where there is none
     * @param lost whether a generation that was being built beside the served one was of no use
     * @param why why the generation that was served is not; empty where it is, or where none was
     */
    record Found<K, R>(@Nullable Generation<K, R> served, @Nullable Generation<K, R> building, boolean lost,
            String why) {}

    /** Why a generation is of no use. */
    private record Unfit(String reason, boolean ofOtherCode) {}

    /** Opens what is of use, and makes a generation where nothing is. Where this fails, nothing is open. */
    Found<K, R> open() {
        List<Generation<K, R>> opened = new ArrayList<>();
        try {
            return open(opened);
        } catch (RuntimeException | Error failed) {
            opened.forEach(generation -> generation.tables().close());
            throw failed;
        }
    }

    private Found<K, R> open(List<Generation<K, R>> opened) {
        OptionalLong named = named();
        Generation<K, R> served = null;
        Generation<K, R> building = null;
        boolean lost = false;
        String why = "";
        for (long number : views.generations(type.name()).reversed()) {
            boolean isServed = named.isPresent() && named.getAsLong() == number;
            if (!isServed && (building != null || (named.isPresent() && number < named.getAsLong()))) {
                views.drop(type.name(), number);
                continue;
            }
            Object found = tryOpen(number);
            if (found instanceof Unfit unfit) {
                if (!isServed) {
                    LOG.info("view '{}': generation {} is dropped, because {}", type.name(), number, unfit.reason);
                    views.drop(type.name(), number);
                    lost = true;
                } else {
                    why = unfit.reason;
                    if (!unfit.ofOtherCode) {
                        setAside(number, unfit.reason);
                    }
                }
            } else {
                Generation<K, R> generation = generation(found);
                opened.add(generation);
                if (isServed) {
                    served = generation;
                } else {
                    building = generation;
                }
            }
        }
        if (served == null && building == null) {
            building = create();
            opened.add(building);
        }
        return new Found<>(served, building, lost && served != null && building == null, why);
    }

    private OptionalLong named() {
        try {
            return views.served(type.name());
        } catch (CorruptStoreException damaged) {
            LOG.warn("view '{}': which generation was served is not known; the last one that is of use is brought up"
                    + " to date and served", type.name(), damaged);
            return OptionalLong.empty();
        }
    }

    @SuppressWarnings("unchecked") // what tryOpen gives is a generation of this view, or unfit
    private Generation<K, R> generation(Object opened) {
        return (Generation<K, R>) opened;
    }

    /** A {@link Generation} or {@link Unfit}. */
    private Object tryOpen(long number) {
        ViewTables tables;
        try {
            tables = views.open(type.name(), number);
        } catch (CorruptStoreException | UnsupportedFormatException damaged) {
            return new Unfit(Failures.message(damaged), false);
        }
        boolean fits = false;
        try {
            Optional<Origin> origin = ViewFold.origin(tables);
            if (origin.isEmpty()) {
                return new Unfit("it was not begun", false);
            }
            List<String> differences = origin.get().differences(today);
            if (!differences.isEmpty()) {
                return new Unfit(String.join(", ", differences), origin.get().storeId().equals(today.storeId()));
            }
            ViewFold<K, R> fold = ViewFold.resume(type, codec, tables, clock);
            Optional<String> other = Histories
                    .difference(store, fold.state().position(), fold.state().witness())
                    .toCompletableFuture()
                    .join();
            if (other.isPresent()) {
                return new Unfit(other.get(), false);
            }
            fits = true;
            return new Generation<>(tables, fold);
        } catch (CorruptStoreException | UnsupportedFormatException damaged) {
            return new Unfit(Failures.message(damaged), false);
        } finally {
            if (!fits) {
                tables.close();
            }
        }
    }

    private void setAside(long number, String reason) {
        String where = views.setAside(type.name(), number);
        LOG.warn("view '{}': generation {} is not used, because {}; {}the view is built anew", type.name(), number,
                reason, where.isEmpty() ? "" : "its files are kept in " + where + "; ");
    }

    /** Closes a generation that is damaged, and takes it out of the view. */
    void setAside(Generation<K, R> damaged, String reason) {
        damaged.tables().close();
        setAside(damaged.number(), reason);
    }

    /** An empty generation. */
    Generation<K, R> create() {
        ViewTables tables = views.create(type.name());
        try {
            return new Generation<>(tables, ViewFold.begin(type, codec, tables, store.storeId(), clock));
        } catch (RuntimeException | Error failed) {
            tables.close();
            views.drop(type.name(), tables.generation());
            throw failed;
        }
    }

    /** Names a generation as the one that is served; what it holds is durable before. */
    void serve(Generation<K, R> complete) {
        complete.fold().flush();
        views.serve(type.name(), complete.number());
    }

    /** Closes a generation and deletes it. */
    void drop(Generation<K, R> old) {
        old.tables().close();
        views.drop(type.name(), old.number());
    }

    /** Deletes the generations of other code that were kept while this one was built. */
    void dropOthers(Generation<K, R> kept) {
        for (long number : views.generations(type.name())) {
            if (number != kept.number()) {
                views.drop(type.name(), number);
            }
        }
    }
}
