package dev.allframe.runtime.projection;

import dev.allframe.projection.Folding;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType.Replaced;
import dev.allframe.projection.ReplacementRefusedException;
import dev.allframe.projection.ReplacementRefusedException.Reason;
import dev.allframe.projection.RowForms;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.view.Cursor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The two versions of a view, as operators see them: how they are doing, what their rows differ in, and whether one of
 * them may answer. Thread-safe; what waits says so.
 */
final class TwoVersions<K, O, R> {

    private static final long LOOK_AGAIN_MILLIS = 5;

    /** A position is missed by a version that comes by it while the other one is asked, so that once is usual. */
    private static final int TRIES = 100;

    private final KeptVersion<K, O> old;
    private final KeptVersion<K, R> current;
    private final Replaced<K, O, R> replaced;
    private final Versions<K, O, R> versions;
    private final EventStoreBackend store;

    TwoVersions(KeptVersion<K, O> old, KeptVersion<K, R> current, Replaced<K, O, R> replaced,
            Versions<K, O, R> versions, EventStoreBackend store) {
        this.old = old;
        this.current = current;
        this.replaced = replaced;
        this.versions = versions;
        this.store = store;
    }

    KeptVersion<K, O> old() {
        return old;
    }

    /** The version that answers. */
    KeptVersion<K, ?> answering() {
        return versions.doesOldAnswer() ? old : current;
    }

    /** The version that does not answer. */
    KeptVersion<K, ?> other() {
        return versions.doesOldAnswer() ? current : old;
    }

    /** Which version is ordered to answer and does not yet; empty where none is. */
    String awaited() {
        int wanted = versions.awaited();
        return wanted == 0
                ? ""
                : "version " + wanted + " is to answer, and does when it has what version " + answering().version()
                        + " has";
    }

    /** Of one moment: which version answers may change while both are described, and the states with it. */
    ProjectionMetadata metadata() {
        KeptVersion<K, ?> answering;
        ProjectionMetadata described;
        do {
            answering = answering();
            KeptVersion<K, ?> other = answering.equals(old) ? current : old;
            described = answering.metadata(awaited(), other.metadata("", null));
        } while (!answering.equals(answering()));
        return described;
    }

    private ReplacementRefusedException refused(Reason reason, String why) {
        return new ReplacementRefusedException(current.name(), reason, why);
    }

    private static boolean isGone(KeptVersion<?, ?> version) {
        return version.users().state() == ProjectionState.RETIRED;
    }

    int newVersion() {
        return current.version();
    }

    /** @throws IllegalArgumentException if there is no such version */
    void mustHave(int version) {
        if (version != old.version() && version != current.version()) {
            throw new IllegalArgumentException("view '" + current.name() + "' has versions " + old.version() + " and "
                    + current.version() + ", and no version " + version);
        }
    }

    /** @throws IllegalArgumentException if rows of others than these versions have these forms */
    void mustBeOf(@Nullable RowForms<?, ?, ?> forms) {
        if (forms != null && (forms.old() != replaced.type() || forms.current() != current.view().type())) {
            throw new IllegalArgumentException("view '" + current.name() + "' is compared in forms of its own two"
                    + " versions, as they were given to the builder of this AllFrame");
        }
    }

    /**
     * Waits until a version may answer.
     *
     * @throws ReplacementRefusedException if it may not, within the time
     */
    void mustBeAbleToAnswer(int version, Duration patience) {
        KeptVersion<K, ?> wanted = version == old.version() ? old : current;
        KeptVersion<K, ?> before = wanted.equals(old) ? current : old;
        Published seen = before.users().published();
        long begun = System.nanoTime();
        while (true) {
            Published now = wanted.users().published();
            if (now != null && (seen == null || !isBehind(now, seen))) {
                mustNotLack(wanted, now, before.users().published());
                return;
            }
            refuseIfStopped(wanted);
            if (System.nanoTime() - begun >= patience.toNanos()) {
                throw refused(Reason.NOT_READY, "version " + version + (now == null
                        ? " has no rows yet: it is " + wanted.users().state()
                        : " has not applied yet what version " + before.version() + " has: it is at record "
                                + now.state().position().index()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS));
        }
    }

    private static boolean isBehind(Published now, Published seen) {
        return now.state().position().compareTo(seen.state().position()) < 0;
    }

    /** A version that has parked what readers have seen would take it from them. */
    private void mustNotLack(KeptVersion<K, ?> wanted, Published now, @Nullable Published before) {
        for (Parked waiting : now.parked().values()) {
            Parked there = before == null ? null : before.parked().get(waiting.stream());
            if (before != null && (there == null || there.firstSequenceNr() > waiting.firstSequenceNr())) {
                throw refused(Reason.PARKED, "version " + wanted.version() + " has parked event "
                        + waiting.firstSequenceNr() + " of " + waiting.stream() + ", which the other version has"
                        + " applied: " + waiting.reason());
            }
        }
    }

    private void refuseIfStopped(KeptVersion<K, ?> version) {
        if (isGone(version)) {
            throw refused(Reason.FINISHED, "version " + version.version() + " has no rows any more: it was given up");
        }
        if (version.users().isStopped()) {
            String trouble = version.progress().trouble();
            throw refused(Reason.STANDS, "version " + version.version() + " does not go on by itself: it is "
                    + version.users().state() + (trouble.isEmpty() ? "" : ", and " + trouble));
        }
    }

    /** @throws ReplacementRefusedException if the old version cannot be given up */
    void mustBeSwitched() {
        if (versions.doesOldAnswer() || versions.awaited() != 0) {
            throw refused(Reason.ANSWERS, "version " + old.version() + " answers here, and cannot be given up: switch"
                    + " to version " + current.version() + " first");
        }
    }

    /**
     * The rows of both at one position. Waits for both to come to it.
     *
     * @param forms in which rows are compared; null for what readers are given
     * @param over whether nobody waits any more
     */
    ViewComparison compare(@Nullable RowForms<?, ?, ?> forms, int most, Consumer<Folding> progress,
            BooleanSupplier over) {
        Comparing<K, O, R> comparing = new Comparing<>(current.view().type().keys(), old.view().rows(),
                current.view().rows(), sameness(forms), most);
        Position at = atOnce();
        for (int tries = 0; tries < TRIES; tries++) {
            CompletableFuture<Optional<ViewMoment<K, O>>> first = taken(old, at);
            CompletableFuture<Optional<ViewMoment<K, R>>> second = taken(current, at);
            try {
                ViewMoment<K, O> oldRows = await(first, old, over);
                ViewMoment<K, R> newRows = await(second, current, over);
                if (oldRows != null && newRows != null) {
                    return compared(comparing, at, oldRows, newRows, progress);
                }
            } finally {
                close(first);
                close(second);
            }
            at = StoreAnswer.of(store.lastPosition(), "its last position");
        }
        throw refused(Reason.NOT_READY, "the two versions did not come to one position in " + TRIES + " attempts");
    }

    private ViewComparison compared(Comparing<K, O, R> comparing, Position at, ViewMoment<K, O> oldRows,
            ViewMoment<K, R> newRows, Consumer<Folding> progress) {
        try (Cursor rows = oldRows.stored(); Cursor others = newRows.stored()) {
            return comparing.of(current.name(), at, new Comparing.Side(rows, oldRows.digest()),
                    new Comparing.Side(others, newRows.digest()), progress);
        }
    }

    /** Where both are, so that versions that stand can be compared too; else where both come to. */
    private Position atOnce() {
        refuseIfEmpty(old);
        refuseIfEmpty(current);
        Published one = old.users().published();
        Published two = current.users().published();
        return one != null && two != null && one.state().position().equals(two.state().position())
                ? one.state().position()
                : StoreAnswer.of(store.lastPosition(), "its last position");
    }

    private void refuseIfEmpty(KeptVersion<K, ?> version) {
        if (version.users().published() == null) {
            throw isGone(version)
                    ? refused(Reason.FINISHED, "version " + version.version() + " has no rows any more: it was given"
                            + " up")
                    : refused(Reason.NOT_READY, "version " + version.version() + " has no rows yet: it is "
                            + version.users().state());
        }
    }

    private static <K, X> CompletableFuture<Optional<ViewMoment<K, X>>> taken(KeptVersion<K, X> version, Position at) {
        CompletableFuture<Optional<ViewMoment<K, X>>> taken = new CompletableFuture<>();
        var unused = version.serial().submit(() -> {
            version.work().moments().take(at, taken);
            return at;
        });
        return taken;
    }

    /** The rows; null where the version was behind the position already. */
    private <X> @Nullable ViewMoment<K, X> await(CompletableFuture<Optional<ViewMoment<K, X>>> taken,
            KeptVersion<K, X> version, BooleanSupplier over) {
        boolean stopped = false;
        while (true) {
            try {
                return taken.get(10 * LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS).orElse(null);
            } catch (TimeoutException later) {
                if (over.getAsBoolean()) {
                    throw new CancellationException("the versions of view '" + current.name() + "' are not compared any"
                            + " more");
                }
                if (stopped) { // and was the last time: what it had done before it stopped was looked at
                    refuseIfStopped(version);
                }
                stopped = version.users().isStopped();
            } catch (ExecutionException failed) {
                throw new CompletionException(failed.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CancellationException("the comparison was interrupted");
            }
        }
    }

    private static void close(CompletableFuture<? extends Optional<? extends ViewMoment<?, ?>>> taken) {
        if (!taken.cancel(false) && !taken.isCompletedExceptionally()) {
            taken.resultNow().ifPresent(ViewMoment::close);
        }
    }

    @SuppressWarnings("unchecked") // mustBeOf has looked
    private Comparing.Sameness sameness(@Nullable RowForms<?, ?, ?> forms) {
        if (forms == null) {
            return replaced.hasSameRows() ? Comparing.Sameness.OF_BYTES : this::isMadeOf;
        }
        RowForms<K, O, R> ofThese = (RowForms<K, O, R>) forms;
        return (key, row, other) -> Objects.equals(
                ofThese.ofOld().apply(StoredRows.decode(old.view().rows(), row)),
                ofThese.ofNew().apply(StoredRows.decode(current.view().rows(), other)));
    }

    /** Whether readers are given the same for both rows. */
    private boolean isMadeOf(byte[] key, byte[] row, byte[] other) {
        R made = OldRows.asNew(current.view().type().keys().decode(key), StoredRows.decode(old.view().rows(), row),
                replaced);
        return Arrays.equals(current.view().rows().encode(made), other);
    }
}
