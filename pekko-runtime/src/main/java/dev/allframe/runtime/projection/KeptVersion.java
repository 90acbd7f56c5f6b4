package dev.allframe.runtime.projection;

import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.Parked;
import dev.allframe.store.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/**
 * One version of a view with what keeps it, as operators see it. Thread-safe.
 *
 * @param users who ask this version
 * @param serial does the work
 * @param actor gives the work
 */
record KeptVersion<K, R>(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations,
        ViewWork<K, R> work, Serial serial, ActorRef<ViewActor.Message> actor, Progress progress,
        AtomicLong unansweredSince, Stall stall) {

    private static final int PARKED_SHOWN = 100;
    private static final long LAG_PATIENCE_MILLIS = 1_000;

    KeptVersion(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations, ViewWork<K, R> work,
            Serial serial, ActorRef<ViewActor.Message> actor, Progress progress) {
        this(view, users, generations, work, serial, actor, progress, new AtomicLong(), new Stall());
    }

    String name() {
        return view.type().name();
    }

    int version() {
        return view.type().version().number();
    }

    /**
     * How it is doing.
     *
     * @param more what is wrong beside the version's own troubles; empty where nothing is
     * @param other how the other version is doing; null where there is none
     */
    ProjectionMetadata metadata(String more, @Nullable ProjectionMetadata other) {
        Published served = users.published();
        FoldState state = served == null ? FoldState.EMPTY : served.state();
        List<Parked> waiting = (served == null ? List.<Parked>of() : served.parked().values()).stream()
                .sorted(Comparator.comparing(Parked::since).thenComparing(Parked::stream))
                .toList();
        Position builtTo = progress.builtTo();
        long building = progress.building();
        long generation = served == null ? 0 : served.tables().generation();
        String known = joined(progress.trouble(), more);
        String trouble = known.isEmpty() && users.isClosed() ? "it is closed" : known;
        boolean retired = users.state() == ProjectionState.RETIRED;
        return new ProjectionMetadata(name(), version(), users.state(), state.position(), retired ? 0 : lag(),
                progress.behindSince(), state.rows(), state.digest().toString(), progress.eventsPerSecond(), generation,
                building, builtTo, waiting.size(), trouble, waiting.stream()
                        .limit(PARKED_SHOWN)
                        .map(stream -> new ProjectionMetadata.ParkedStream(stream.stream().value(),
                                stream.firstSequenceNr(), stream.since(), stream.reason()))
                        .toList(),
                generations(generation, building), other);
    }

    static String joined(String... troubles) {
        return String.join("; ", Stream.of(troubles).filter(trouble -> !trouble.isEmpty()).toList());
    }

    private List<StoredGeneration> generations(long served, long building) {
        List<StoredGeneration> all = new ArrayList<>();
        generations.kept()
                .all()
                .forEach(each -> all.add(new StoredGeneration(each.number(), StoredGeneration.Use.KEPT, each.version(),
                        each.until())));
        if (served != 0) {
            all.add(new StoredGeneration(served, StoredGeneration.Use.SERVED, version(), null));
        }
        if (building != 0) {
            all.add(new StoredGeneration(building, progress.isWaiting()
                    ? StoredGeneration.Use.WAITING
                    : StoredGeneration.Use.BUILDING, version(), null));
        }
        return all.stream().sorted(Comparator.comparingLong(StoredGeneration::number)).toList();
    }

    /** Asks the store for its end, and not the view: one that stands does not look as if it were up to date. */
    private long lag() {
        try {
            return users.lag()
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(LAG_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException closed) {
            return -1;
        }
    }

    /** Whether it has no rows yet, and nothing keeps it from coming to them. */
    boolean isBeingBuilt() {
        return users.state() == ProjectionState.BUILDING && progress.trouble().isEmpty() && !isTerminated();
    }

    private boolean isTerminated() {
        return ((InternalActorRef) Adapter.toClassic(actor)).isTerminated();
    }

    /**
     * Why it is not up; empty text where it is. Each question asks the actor for a sign of life, looks whether the one
     * before was answered, and compares the view with the end of the store.
     */
    String trouble(long nowMillis) {
        if (isTerminated()) {
            return "what keeps it has stopped";
        }
        boolean first = unansweredSince.compareAndSet(0, nowMillis);
        long since = unansweredSince.get();
        actor.tell(new ViewActor.Ping(() -> unansweredSince.set(0))); // one may be lost with a failed actor
        if (!first && since != 0 && nowMillis - since > TimeUnit.SECONDS.toMillis(10)) {
            return "what keeps it has not answered for " + (nowMillis - since) / 1000 + " s";
        }
        ProjectionState state = users.state();
        String trouble = progress.trouble();
        if (state == ProjectionState.LIVE) {
            String stalled = stall.look(users, nowMillis);
            return trouble.isEmpty() ? stalled : trouble;
        }
        stall.forget();
        return state == ProjectionState.RETIRED
                ? ""
                : "it is " + state + (trouble.isEmpty() ? "" : ": " + trouble);
    }

    /** Stops it, durably. */
    CompletableFuture<Done> stop() {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        if (isTerminated()) {
            stopped.complete(Done.getInstance());
        } else {
            actor.tell(new ViewActor.Stop(stopped));
        }
        return stopped;
    }
}
