package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionState;
import dev.allframe.store.Position;
import dev.allframe.store.Registration;
import dev.allframe.store.view.ViewStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The views of which there are files on this node, and that were not given to this AllFrame. Their files stay until the
 * view is retired, which is looked for at start and when an order comes. Thread-safe; waits on the executor's threads.
 */
final class UnregisteredViews {

    private static final Logger LOG = LoggerFactory.getLogger(UnregisteredViews.class);

    private final Supplier<ViewStore> files;
    private final ViewOrders orders;
    private final Set<String> registered;
    private final Serial serial;
    private final ProjectionSettings settings;
    private final BiConsumer<Duration, Runnable> later;
    private final Map<String, List<Long>> found = new TreeMap<>();
    private final Map<String, Registration> waiting = new TreeMap<>();
    private boolean closed;

    /**
     * Drops what views of the past have left, so that it is called before one can be asked for; then finds the files of
     * views, which waits for them. Where that fails, it is tried again by itself.
     *
     * @param files asked for where it may wait
     * @param registered the names of the views that are kept here
     * @param later runs something after a time
     */
    UnregisteredViews(Supplier<ViewStore> files, ViewOrders orders, Set<String> registered, Executor executor,
            ProjectionSettings settings, BiConsumer<Duration, Runnable> later) {
        this.files = files;
        this.orders = orders;
        this.registered = Set.copyOf(registered);
        this.serial = new Serial(executor);
        this.settings = settings;
        this.later = later;
        try {
            Refold.dropLeft(files.get());
            find();
        } catch (RuntimeException failed) {
            LOG.warn("files of views that are not registered cannot be listed: {}", Failures.message(failed));
            later.accept(settings.backoff(1), () -> attempt("cannot be listed", this::find, 2));
        }
    }

    /** Does something that waits, again after a pause where it fails. */
    private void attempt(String trouble, Runnable work, int attempts) {
        CompletionStage<Done> unused = serial.submit(() -> {
            if (!isClosed()) {
                work.run();
            }
            return Done.getInstance();
        }).whenComplete((done, failed) -> {
            if (failed != null && !isClosed()) {
                LOG.warn("files of views that are not registered {}: {}", trouble, Failures.message(failed));
                later.accept(settings.backoff(attempts), () -> attempt(trouble, work, attempts + 1));
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void find() {
        ViewStore store = files.get();
        for (String view : store.views()) {
            if (!registered.contains(view) && watch(view)) {
                note(view, store.generations(view));
                attempt("cannot be deleted", () -> follow(view), 1);
            }
        }
    }

    private synchronized boolean watch(String view) {
        if (closed || waiting.containsKey(view)) {
            return false;
        }
        waiting.put(view, orders.onOrder(view, () -> attempt("cannot be deleted", () -> follow(view), 1)));
        return true;
    }

    /** Deletes the files of a view that is retired. */
    private void follow(String view) {
        ViewOrder.Retired retired = orders.standing(view).retired();
        ViewStore store = files.get();
        if (retired != null) {
            LOG.info("view '{}', which is not registered, {}: its files are deleted", view,
                    ServedView.retired(retired));
            store.generations(view).forEach(generation -> store.drop(view, generation));
        }
        note(view, store.generations(view));
    }

    private synchronized void note(String view, List<Long> generations) {
        if (generations.isEmpty()) {
            found.remove(view);
        } else {
            found.put(view, generations);
        }
    }

    /** The names, in order. */
    synchronized Set<String> names() {
        return Set.copyOf(found.keySet());
    }

    /** All of them, in the order of their names. */
    synchronized List<ProjectionMetadata> describe() {
        return found.entrySet().stream().map(each -> metadata(each.getKey(), each.getValue())).toList();
    }

    /** One of them; null where there is none of this name. */
    synchronized @Nullable ProjectionMetadata describe(String view) {
        List<Long> generations = found.get(view);
        return generations == null ? null : metadata(view, generations);
    }

    private static ProjectionMetadata metadata(String view, List<Long> generations) {
        return new ProjectionMetadata(view, 0, ProjectionState.UNREGISTERED, Position.START, 0, null, 0, "", 0, 0, 0,
                null, 0, "", List.of(), generations.stream()
                        .map(number -> new StoredGeneration(number, StoredGeneration.Use.UNREGISTERED, 0, null))
                        .toList(),
                null);
    }

    /** Follows no orders any more; completes when nothing is done any more. */
    CompletionStage<Done> stop() {
        synchronized (this) {
            closed = true;
            waiting.values().forEach(Registration::close);
            waiting.clear();
        }
        return serial.submit(Done::getInstance);
    }
}
