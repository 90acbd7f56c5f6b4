package dev.allframe.runtime.projection;

import dev.allframe.codec.RowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.fold.Origin;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.time.Duration;
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

    private static final Unfit NOT_TRIED = new Unfit("it was replaced, or not completed");

    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    private final ProjectionType<K, R> type;
    private final RowCodec<R> codec;
    private final ViewStore views;
    private final EventStoreBackend store;
    private final Clock clock;
    private final Origin today;
    private final KeptGenerations kept;

    /** @param keepOld for so long is kept what other code has served */
    Generations(RegisteredView<K, R> view, ViewStore views, EventStoreBackend store, Clock clock,
            Duration keepOld) {
        this.type = view.type();
        this.codec = view.rows();
        this.views = views;
        this.store = store;
        this.clock = clock;
        this.kept = new KeptGenerations(type.name(), views, clock, keepOld);
        this.today = Origin.of(store.storeId(), type, codec);
    }

    /**
     * What was found.
     *
     * @param served holds what today's code makes of this store, and was served before; null where none does
     * @param building the same, and is not served: it was not complete, or was kept from when this code served it; null
     *        where there is none
     * @param why why the generation that was served is not; empty where it is, or where none was
     */
    record Found<K, R>(@Nullable Generation<K, R> served, @Nullable Generation<K, R> building, String why) {}

    /** Why a generation is of no use. */
    private record Unfit(String reason, boolean ofOtherCode, int version) {

        Unfit(String reason) {
            this(reason, false, 0);
        }
    }

    /** The generations that other code has left. */
    KeptGenerations kept() {
        return kept;
    }

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
        kept.find();
        OptionalLong named = named();
        Generation<K, R> served = null;
        String why = "";
        if (named.isPresent()) {
            Object found = tryOpen(named.getAsLong());
            if (found instanceof Unfit unfit) {
                why = unfit.reason;
                leave(named.getAsLong(), unfit);
            } else {
                served = generation(found);
                opened.add(served);
            }
        }
        Generation<K, R> building = null;
        for (long number : views.generations(type.name()).reversed()) {
            if (named.isPresent() && named.getAsLong() == number) {
                continue;
            }
            boolean begun = !kept.contains(number) && (named.isEmpty() || number > named.getAsLong());
            boolean returns = kept.contains(number) && served == null;
            Object found = building == null && (begun || returns) ? tryOpen(number) : NOT_TRIED;
            if (found instanceof Unfit unfit) {
                if (!kept.contains(number)) {
                    drop(number, unfit.reason);
                } else if (!found.equals(NOT_TRIED) && !unfit.ofOtherCode) {
                    kept.forget(number);
                    drop(number, unfit.reason);
                }
            } else {
                building = generation(found);
                opened.add(building);
                kept.forget(number);
            }
        }
        if (served == null && building == null) {
            building = createInRoom();
            opened.add(building);
        }
        return new Found<>(served, building, why);
    }

    /**
     * An empty generation. Where the disk is full, room is made for the next time; what was served last stays for its
     * code, which nothing has replaced.
     */
    private Generation<K, R> createInRoom() {
        try {
            return create();
        } catch (StoreFullException full) {
            kept.dropOneReplaced();
            throw full;
        }
    }

    /** What was served is not: it is kept until today's is complete, or set aside. */
    private void leave(long number, Unfit unfit) {
        if (unfit.ofOtherCode) {
            kept.keep(number, unfit.version);
        } else {
            setAside(number, unfit.reason);
        }
    }

    private void drop(long number, String reason) {
        LOG.info("view '{}': generation {} is dropped, because {}", type.name(), number, reason);
        views.drop(type.name(), number);
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
            return new Unfit(Failures.message(damaged));
        }
        boolean fits = false;
        try {
            Optional<Origin> origin = ViewFold.origin(tables);
            if (origin.isEmpty()) {
                return new Unfit("it was not begun");
            }
            List<String> differences = origin.get().differences(today);
            if (!differences.isEmpty()) {
                return new Unfit(String.join(", ", differences), origin.get().storeId().equals(today.storeId()),
                        origin.get().version());
            }
            ViewFold<K, R> fold = ViewFold.resume(type, codec, tables, clock);
            Optional<String> other = StoreAnswer.of(
                    Histories.difference(store, fold.state().position(), fold.state().witness()),
                    "the last event of the view '" + type.name() + "'");
            if (other.isPresent()) {
                return new Unfit(other.get());
            }
            fits = true;
            return new Generation<>(tables, fold);
        } catch (CorruptStoreException | UnsupportedFormatException damaged) {
            return new Unfit(Failures.message(damaged));
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

    /**
     * Names a generation as the one that is served; what it holds is durable before. What other code has served is kept
     * from then on for a time.
     */
    void serve(Generation<K, R> complete) {
        complete.fold().flush();
        kept.noteReplaced();
        views.serve(type.name(), complete.number());
        kept.replaced(complete.number());
    }

    /** Closes a generation and deletes it. */
    void drop(Generation<K, R> old) {
        old.tables().close();
        views.drop(type.name(), old.number());
    }

    /** Whether none is there. */
    boolean areNone() {
        return views.generations(type.name()).isEmpty();
    }

    /** Deletes everything; nothing is open. */
    void dropAll() {
        kept.dropAll("the view is retired");
        for (long number : views.generations(type.name())) {
            views.drop(type.name(), number);
        }
    }
}
