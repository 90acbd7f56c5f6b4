package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.Position;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Waits for views on the caller's thread, with a bar where a view has something to catch up with. The end of the store
 * is that of the moment of the call, and a view that does not move is given up after a time, so that every wait ends.
 */
final class ViewWait {

    /** A view that moves is waited for; a slow disk may hold one up for as long as this. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** An order is followed within milliseconds; a view that still stands after this time stands again. */
    private static final Duration PATIENCE_AFTER_ORDER = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final AllFrame bank;
    private final Output output;
    private final Consumer<Progress> onShown;

    /** @param onShown is given the bar that is shown */
    ViewWait(AllFrame bank, Output output, Consumer<Progress> onShown) {
        this.bank = bank;
        this.output = output;
        this.onShown = onShown;
    }

    /**
     * A view that is waited for no longer.
     *
     * @param view how it is doing
     * @param end the last record that it was to apply
     * @param reached whether it is where it was waited for
     */
    record Waited(ProjectionMetadata view, long end, boolean reached) {

        /** The view, which is where it was waited for. */
        ProjectionMetadata orThrow() {
            if (!reached) {
                throw new ViewException(text());
            }
            return view;
        }

        /** Why it is waited for no longer. */
        String text() {
            String where = " at record " + ViewWait.reached(view) + " of " + end;
            String command = ": 'bank view " + view.name();
            return "view '" + view.name() + "' " + switch (view.state()) {
                case PAUSED -> "is paused" + where + command + " resume' lets it go on";
                case FAILED -> "stands" + where + ": " + view.trouble() + command + " retry' tries the event again, and"
                        + " 'skip' leaves it out";
                case RETIRED -> "is retired: 'bank rebuild " + view.name() + "' brings it back";
                case BUILDING, LIVE, PARKED, DAMAGED, UNREGISTERED -> "does not move" + where + ", and is "
                        + view.state().name().toLowerCase(Locale.ROOT)
                        + (view.trouble().isEmpty() ? "" : ": " + view.trouble());
            };
        }
    }

    /**
     * Waits until a view has everything that is stored.
     *
     * @throws ViewException if it does not come to it
     */
    void untilUpToDate(String view) {
        ProjectionMetadata unused = look(view).orThrow();
    }

    /** Waits until a view has everything that is stored, or does not go on. */
    Waited look(String view) {
        long end = end();
        return until(view, end, now -> isServedTo(now, end), Duration.ZERO);
    }

    /**
     * Waits until both versions of a view have everything that is stored, or the one that does not answer was given up.
     *
     * @throws ViewException if one of them does not come to it
     */
    void untilBothUpToDate(String view) {
        Waited waited = lookAtBoth(view);
        ProjectionMetadata unused = waited.reached()
                ? waited.view()
                : new Waited(slower(waited.view()), waited.end(), false).orThrow();
    }

    /** As {@link #look}, at both versions of a view where it has two. */
    Waited lookAtBoth(String view) {
        long end = end();
        return until(view, end, now -> isServedTo(now, end)
                && (isServedTo(otherOf(now), end) || otherOf(now).state() == ProjectionState.RETIRED), Duration.ZERO,
                true);
    }

    private static ProjectionMetadata otherOf(ProjectionMetadata view) {
        ProjectionMetadata other = view.other();
        return other == null ? view : other;
    }

    /** Waits until a version of a view answers. */
    Waited untilAnsweredBy(String view, int version) {
        return until(view, end(), now -> now.version() == version, PATIENCE_AFTER_ORDER);
    }

    /** Waits until the version of a view that does not answer is given up. */
    Waited untilGivenUp(String view) {
        return until(view, end(), now -> otherOf(now).state() == ProjectionState.RETIRED, PATIENCE_AFTER_ORDER);
    }

    /** As {@link #look}, after an order to a view that may stand until it has followed. */
    Waited lookAfterOrder(String view) {
        long end = end();
        return until(view, end, now -> isServedTo(now, end), PATIENCE_AFTER_ORDER);
    }

    /** Waits until a view is paused. */
    Waited untilPaused(String view) {
        return until(view, end(), now -> now.state() == ProjectionState.PAUSED, PATIENCE_AFTER_ORDER);
    }

    /** Waits until a view is retired. */
    Waited untilRetired(String view) {
        return until(view, end(), now -> now.state() == ProjectionState.RETIRED, PATIENCE_AFTER_ORDER);
    }

    /**
     * Waits until a view serves a younger generation than one, with everything that is stored.
     *
     * @param generation the number of the older generation
     */
    Waited untilRebuilt(String view, long generation) {
        long end = end();
        return until(view, end, now -> now.generation() > generation && isServedTo(now, end), PATIENCE_AFTER_ORDER);
    }

    /**
     * Waits until views serve younger generations, with everything that is stored. They are built one after the other.
     *
     * @param generations the numbers of the older generations, by the names of the views
     * @throws ViewException if one of them does not come to it
     */
    List<ProjectionMetadata> untilAllRebuilt(Map<String, Long> generations) {
        long end = end();
        try (Progress shown = output.progress("all views", end * generations.size(), "records")) {
            onShown.accept(shown);
            long moved = -1;
            long movedNanos = System.nanoTime();
            while (true) {
                List<ProjectionMetadata> now = generations.keySet().stream().map(bank.projections()::describe).toList();
                List<ProjectionMetadata> left = now.stream()
                        .filter(view -> !isRebuilt(view, generations, end))
                        .toList();
                long reached = now.stream()
                        .mapToLong(view -> left.contains(view) ? builtTo(view) : end)
                        .sum();
                shown.at(reached);
                if (left.isEmpty()) {
                    return now;
                }
                if (reached != moved) {
                    moved = reached;
                    movedNanos = System.nanoTime();
                }
                Duration patience = left.stream().allMatch(ViewWait::isStanding) ? PATIENCE_AFTER_ORDER : PATIENCE;
                if (System.nanoTime() - movedNanos >= patience.toNanos()) {
                    ProjectionMetadata unused = new Waited(left.getFirst(), end, false).orThrow();
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    private static boolean isRebuilt(ProjectionMetadata view, Map<String, Long> generations, long end) {
        return view.generation() > generations.getOrDefault(view.name(), 0L) && isServedTo(view, end);
    }

    private static long builtTo(ProjectionMetadata view) {
        Position built = view.builtTo();
        return built == null ? 0 : built.index();
    }

    /**
     * Waits until a view that is not one of the bank is listed, or is not.
     *
     * @throws ViewException if that does not come
     */
    void untilListed(String view, boolean listed) {
        long begunNanos = System.nanoTime();
        while (bank.projections().describe().stream().anyMatch(each -> each.name().equals(view)) != listed) {
            if (System.nanoTime() - begunNanos >= PATIENCE.toNanos()) {
                throw new ViewException(
                        "the files of view '" + view + "' are " + (listed ? "not found" : "still there"));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private long end() {
        return bank.backend().lastPosition().toCompletableFuture().join().index();
    }

    private static boolean isServedTo(ProjectionMetadata view, long end) {
        return view.generation() > 0 && view.state() != ProjectionState.BUILDING && view.position().index() >= end;
    }

    private Waited until(String name, long end, Predicate<ProjectionMetadata> isThere, Duration patienceWithStanding) {
        return until(name, end, isThere, patienceWithStanding, false);
    }

    /** @param forBoth whether the other version of the view is waited for too */
    private Waited until(String name, long end, Predicate<ProjectionMetadata> isThere, Duration patienceWithStanding,
            boolean forBoth) {
        ProjectionMetadata now = bank.projections().describe(name);
        if (isThere.test(now)) {
            return new Waited(now, end, true);
        }
        try (Progress shown = output.progress("view " + name, end, "records")) {
            onShown.accept(shown);
            long reached = -1;
            long movedNanos = System.nanoTime();
            while (!isThere.test(now)) {
                ProjectionMetadata slower = forBoth ? slower(now) : now;
                if (reached(slower) != reached) {
                    reached = reached(slower);
                    shown.at(reached);
                    movedNanos = System.nanoTime();
                }
                Duration patience = isStanding(slower) ? patienceWithStanding : PATIENCE;
                if (System.nanoTime() - movedNanos >= patience.toNanos()) {
                    return new Waited(now, end, false);
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                now = bank.projections().describe(name);
            }
            shown.at(end);
            return new Waited(now, end, true);
        }
    }

    /** The version of a view that is further behind. */
    private static ProjectionMetadata slower(ProjectionMetadata view) {
        return reached(otherOf(view)) < reached(view) ? otherOf(view) : view;
    }

    private static boolean isStanding(ProjectionMetadata view) {
        return view.state() == ProjectionState.PAUSED || view.state() == ProjectionState.FAILED
                || view.state() == ProjectionState.RETIRED;
    }

    /** Up to where rows are made: those that are served, or those of a generation that is built for the first time. */
    private static long reached(ProjectionMetadata view) {
        Position built = view.builtTo();
        return built == null ? view.position().index() : built.index();
    }
}
