package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.HandledPage;
import dev.allframe.runtime.projection.ViewPages.ReadPage;
import dev.allframe.store.Position;
import dev.allframe.streams.PagedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * The stream of pages into one generation, which runs or is to run again: pages are read one ahead, handled two at
 * once, and applied one after the other. Used by the actor of its view alone.
 */
final class ViewStream<K, R> {

    /**
     * How many records a page has at most where others are to be spared. What is on its way is copied by each pause of
     * the collector: with pages of 10,000 these took 100 ms and more, which everybody meets who is served meanwhile.
     */
    private static final int THROTTLED_PAGE = 1_000;

    private final Generation<K, R> generation;
    private @Nullable UniqueKillSwitch running;
    private boolean wanted = true;
    private boolean standing;
    private boolean throttled;
    private int failures;

    ViewStream(Generation<K, R> generation) {
        this.generation = generation;
    }

    private record Ready<K, R>(Position after, HandledPage<K, R> page) {}

    /**
     * Runs. It begins where the generation is when the work that was given before is done.
     *
     * @param beside whether another generation is served meanwhile
     * @param applied is called for each page, on threads of the stream
     * @return completes when nothing of the stream is applied any more, except where it fails: then a page may be on
     *         its way still
     */
    CompletionStage<Done> start(ViewActor.Parts<K, R> parts, ActorSystem<?> system, boolean beside,
            Consumer<ViewWork.Done> applied) {
        ProjectionSettings settings = parts.settings();
        throttled = beside && settings.rebuildRate() > 0;
        int pageSize = throttled ? Math.min(THROTTLED_PAGE, settings.pageSize()) : settings.pageSize();
        Source<ReadPage, NotUsed> pages = PagedSource.live(
                () -> new ViewPages(parts.store(), parts.view().handlers().filter(),
                        parts.serial().submit(() -> generation.fold().state().position()), pageSize),
                parts.store()::onAppend);
        if (throttled) {
            pages = pages.throttle(settings.rebuildRate(), Duration.ofSeconds(1),
                    page -> Math.max(1, page.page().events().size()));
        }
        Pair<UniqueKillSwitch, CompletionStage<Done>> stream = pages
                .viaMat(KillSwitches.single(), Keep.right())
                .mapAsync(2, read -> CompletableFuture.supplyAsync(
                        () -> new Ready<>(read.after(), parts.view().handlers().handle(read.page())),
                        parts.executor()))
                .mapAsync(1, ready -> parts.serial()
                        .submit(() -> Optional.ofNullable(parts.work().apply(generation, ready.after, ready.page))))
                .takeWhile(done -> done.filter(page -> page.failure() == null).isPresent(), true)
                .toMat(Sink.foreach(done -> done.ifPresent(applied)), Keep.both())
                .run(system);
        running = stream.first();
        wanted = true;
        standing = false;
        return stream.second();
    }

    /** Ends; pages that were read already are applied still. */
    void stop() {
        wanted = false;
        if (running != null) {
            running.shutdown();
        }
    }

    /** Runs without a bound when it is started again, which the actor does when this has ended. */
    void startAnew() {
        if (throttled && running != null) {
            running.shutdown();
        }
    }

    void ended() {
        running = null;
    }

    /** The next time is to be tried. */
    void want() {
        wanted = true;
        standing = false;
    }

    /** Stands before an event that failed. */
    void stand() {
        standing = true;
    }

    boolean isStanding() {
        return standing;
    }

    /** Whether it is to run and does not. */
    boolean isDue() {
        return wanted && !standing && running == null;
    }

    boolean isRunning() {
        return running != null;
    }

    Generation<K, R> generation() {
        return generation;
    }

    /** Counts a failure of the storage. */
    int failed() {
        return ++failures;
    }

    /** Whether it had failed before this success. */
    boolean recovered() {
        boolean had = failures > 0;
        failures = 0;
        return had;
    }
}
