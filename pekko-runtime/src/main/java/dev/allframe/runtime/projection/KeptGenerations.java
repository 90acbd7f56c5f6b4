package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations of one view that other code has made and served. They are not open, and kept for that code to return:
 * the one that is replaced as soon as today's is complete, and those that were replaced, for a time. Changed by one
 * piece of work at a time; {@link #all} is thread-safe.
 */
final class KeptGenerations {

    /** So many that were replaced are kept at most, the newest. */
    static final int MOST = 3;

    private static final Logger LOG = LoggerFactory.getLogger(KeptGenerations.class);

    private final String view;
    private final ViewStore views;
    private final Clock clock;
    private final Duration keepOld;
    private volatile @Nullable Kept last;
    private volatile List<Kept> replaced = List.of();

    /**
     * One that is kept.
     *
     * @param version the version of its code
     * @param until when it is deleted; null where that is not fixed, because nothing has replaced it yet
     */
    record Kept(long number, int version, @Nullable Instant until) {}

    KeptGenerations(String view, ViewStore views, Clock clock, Duration keepOld) {
        this.view = view;
        this.views = views;
        this.clock = clock;
        this.keepOld = keepOld;
    }

    /** Looks which generations were replaced, and notes until when they are kept by today's settings. */
    void find() {
        last = null;
        Map<Long, Replacement> found;
        try {
            found = views.replaced(view);
        } catch (CorruptStoreException | UnsupportedFormatException unknown) {
            LOG.warn("view '{}': which generations are kept is not known: they are deleted", view, unknown);
            found = Map.of();
        }
        Map<Long, Replacement> due = new TreeMap<>();
        found.forEach((number, noted) -> {
            Replacement now = new Replacement(noted.version(), noted.at(), noted.at().plus(keepOld));
            due.put(number, now);
            if (!now.equals(noted)) {
                note(number, now);
            }
        });
        replaced = due.entrySet()
                .stream()
                .sorted(Comparator.<Map.Entry<Long, Replacement>, Instant>comparing(entry -> entry.getValue().at())
                        .thenComparing(Map.Entry::getKey)
                        .reversed())
                .map(entry -> new Kept(entry.getKey(), entry.getValue().version(), entry.getValue().keptUntil()))
                .toList();
    }

    /** The served generation is of other code: it is kept until today's replaces it. */
    void keep(long number, int version) {
        last = new Kept(number, version, null);
    }

    boolean contains(long number) {
        return all().stream().anyMatch(kept -> kept.number == number);
    }

    /** A generation is not one that is kept any more. */
    void forget(long number) {
        Kept kept = last;
        last = kept != null && kept.number == number ? null : kept;
        replaced = replaced.stream().filter(each -> each.number != number).toList();
    }

    /**
     * Notes that the one which is kept until today's is complete is being replaced. Where that fails, it is kept until
     * the view is opened again.
     */
    void noteReplaced() {
        Kept kept = last;
        if (kept != null) {
            Instant now = clock.instant();
            note(kept.number, new Replacement(kept.version, now, now.plus(keepOld)));
        }
    }

    /** Another generation is served: {@link #noteReplaced} counts. */
    void replaced(long served) {
        forget(served);
        Kept kept = last;
        if (kept != null) {
            last = null;
            replaced = Stream.concat(
                    Stream.of(new Kept(kept.number, kept.version, clock.instant().plus(keepOld))),
                    replaced.stream()).toList();
        }
    }

    private void note(long number, Replacement replacement) {
        try {
            views.noteReplaced(view, number, replacement);
        } catch (EventStoreException failed) {
            LOG.warn("view '{}': until when generation {} is kept cannot be noted: {}", view, number,
                    Failures.message(failed));
        }
    }

    /** Deletes those whose time is over, and those that are too many. */
    void dropDue() {
        Instant now = clock.instant();
        List<Kept> newestFirst = replaced;
        for (Kept kept : newestFirst) {
            boolean tooMany = newestFirst.indexOf(kept) >= MOST;
            Instant until = kept.until;
            if (tooMany || (until != null && !now.isBefore(until))) {
                drop(kept, tooMany ? "newer ones are kept" : "it was kept until " + until);
            }
        }
    }

    /** Makes room: deletes the one that was replaced first, or the last one where nothing was replaced. */
    void dropOne() {
        Kept kept = replaced.isEmpty() ? last : replaced.getLast();
        if (kept != null) {
            drop(kept, "the disk is full");
        }
    }

    /** Makes room: deletes the one that was replaced first; nothing where none was replaced. */
    void dropOneReplaced() {
        if (!replaced.isEmpty()) {
            dropOne();
        }
    }

    /** Deletes all. */
    void dropAll(String why) {
        all().forEach(kept -> drop(kept, why));
    }

    private void drop(Kept kept, String why) {
        LOG.info("view '{}': generation {} of version {} is deleted, because {}", view, kept.number, kept.version, why);
        views.drop(view, kept.number);
        forget(kept.number);
    }

    /** All, by their numbers. */
    List<Kept> all() {
        return Stream.concat(Stream.ofNullable(last), replaced.stream())
                .sorted(Comparator.comparingLong(Kept::number))
                .toList();
    }
}
