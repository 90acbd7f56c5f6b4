package dev.allframe.journal.plugin;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.EventStoreBackend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory whose writer can be held: what goes through the writer, which is writes, deletes and the question
 * for the highest sequence number, then waits in its order until it is released. Pages are read without the writer.
 */
final class HeldBackend implements InvocationHandler {

    private final InMemoryBackend memory = InMemoryBackend.unbounded();
    private final Deque<Runnable> held = new ArrayDeque<>(); // this and the following are guarded by this object
    private final List<String> calls = new ArrayList<>();
    private boolean holding;
    private @Nullable RuntimeException failing;

    /** Opens one for each actor system. */
    public static final class Provider implements BackendProvider {

        @Override
        public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
            return (EventStoreBackend) Proxy.newProxyInstance(EventStoreBackend.class.getClassLoader(),
                    new Class<?>[]{EventStoreBackend.class}, new HeldBackend());
        }
    }

    static HeldBackend of(ActorSystem system) {
        return (HeldBackend) Proxy.getInvocationHandler(Storages.get(system).backend("inmemory"));
    }

    EventStoreBackend memory() {
        return memory;
    }

    /** From here on the writer does nothing. */
    synchronized void hold() {
        holding = true;
        calls.clear();
    }

    /** Writes have this outcome from here on, and nothing of them is stored. */
    synchronized void failWith(RuntimeException reason) {
        failing = reason;
    }

    /** What was called since the writer is held. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** The writer does what has waited, and goes on. */
    synchronized void release() {
        holding = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    @Override
    public synchronized @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (holding) {
            calls.add(method.getName());
        }
        return switch (method.getName()) {
            case "appendEach" -> {
                run(() -> appendEach(method, arguments));
                yield null;
            }
            case "append", "deleteEventsTo", "highestSequenceNr" -> {
                CompletableFuture<Object> result = new CompletableFuture<>();
                run(() -> stage(method, arguments).whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failure);
                    }
                }));
                yield result;
            }
            default -> call(method, arguments);
        };
    }

    private void run(Runnable request) {
        if (holding) {
            held.add(request);
        } else {
            request.run();
        }
    }

    @SuppressWarnings("unchecked") // by the method's signature
    private void appendEach(Method method, @Nullable Object @Nullable [] arguments) {
        RuntimeException reason = failing;
        if (reason == null || arguments == null) {
            unchecked(method, arguments);
        } else {
            List<Append> appends = (List<Append>) Objects.requireNonNull(arguments[0]);
            Consumer<List<AppendOutcome>> answer = (Consumer<List<AppendOutcome>>) Objects
                    .requireNonNull(arguments[1]);
            answer.accept(Collections.nCopies(appends.size(), new AppendOutcome.Failed(reason)));
        }
    }

    @SuppressWarnings("unchecked") // by the method's signature
    private CompletionStage<Object> stage(Method method, @Nullable Object @Nullable [] arguments) {
        return (CompletionStage<Object>) Objects.requireNonNull(unchecked(method, arguments));
    }

    private @Nullable Object unchecked(Method method, @Nullable Object @Nullable [] arguments) {
        try {
            return call(method, arguments);
        } catch (Throwable failed) {
            throw new AssertionError(failed);
        }
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(memory, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
