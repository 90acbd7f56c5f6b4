package dev.allframe.runtime.projection;

import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/**
 * A view that is kept up to date by its actor, as AllFrame keeps it.
 *
 * @param users asks it
 * @param progress how it is doing
 * @param actor keeps it
 */
record KeptView<K, R>(ServedView<K, R> users, Progress progress, ActorRef<ViewActor.Message> actor) {

    private static final AtomicLong STARTED = new AtomicLong();

    /** Begins to keep a view. */
    static <K, R> KeptView<K, R> start(ActorSystem<?> system, RegisteredView<K, R> view, ViewStore files,
            EventStoreBackend store, Executor pages, ProjectionSettings settings, Refusals refusals,
            PlantedFault fault) {
        ServedView<K, R> users = new ServedView<>(view, store);
        Progress progress = new Progress(Clock.systemUTC());
        ViewOrders orders = new ViewOrders(store);
        ViewWork<K, R> work = new ViewWork<>(view, users,
                new Generations<>(view, files, store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
        Serial serial = new Serial(piece -> pages.execute(() -> fault.work(piece, users)));
        return new KeptView<>(users, progress, system.systemActorOf(
                ViewKeeper
                        .create(new ViewActor.Parts<>(view, users, work, store, orders, serial, pages, new BuildTurns(),
                                settings,
                                progress, refusals)),
                "kept-view-" + STARTED.incrementAndGet(), Props.empty()));
    }

    /** Completes when it is closed. */
    CompletableFuture<Done> stop() {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        actor.tell(new ViewActor.Stop(stopped));
        return stopped;
    }
}
