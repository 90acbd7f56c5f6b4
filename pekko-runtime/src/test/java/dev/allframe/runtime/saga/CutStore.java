package dev.allframe.runtime.saga;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.Append;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StreamId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that outlives its actor systems. Each append of a case that a test has named is counted, and at one
 * of them the process is cut off: nothing of that case is heard of again. All is cut off when the node is dead.
 */
public final class CutStore implements BackendProvider {

    /** What happens at the append. */
    enum Cut {
        /** It is not stored, and nobody is told. */
        BEFORE,
        /** It is stored, and nobody is told. */
        BEHIND,
        /** It is not stored, and fails. */
        REFUSED,
        /** It is stored, and fails. */
        UNTOLD
    }

    /** Where a case is cut off. */
    record At(Cut cut, int append) {}

    private static final Map<String, InMemoryBackend> STORES = new ConcurrentHashMap<>();
    private static final Map<String, Node> NODES = new ConcurrentHashMap<>();

    /** One process on the store. */
    static final class Node {

        private final Map<String, At> cuts = new ConcurrentHashMap<>();
        private final Map<String, Integer> appends = new ConcurrentHashMap<>();
        private final Function<String, String> caseOf;
        private volatile boolean dead;
        private volatile boolean full;
        private final AtomicInteger refused = new AtomicInteger();
        private volatile @Nullable Supplier<Duration> lag;

        /**
         * A process.
         *
         * @param caseOf the case to which a stream belongs; empty for none
         */
        Node(String name, Function<String, String> caseOf) {
            this.caseOf = caseOf;
            NODES.put(name, this);
        }

        void cut(String name, At at) {
            cuts.put(name, at);
        }

        boolean isCut(String name) {
            return appends.getOrDefault(name, 0) >= Objects.requireNonNull(cuts.get(name)).append;
        }

        /** How many appends a case has made. */
        int appends(String name) {
            return appends.getOrDefault(name, 0);
        }

        /** Whoever reads all events has them so much later, each reader for itself. */
        void lag(Supplier<Duration> each) {
            lag = each;
        }

        private CompletionStage<?> later(CompletionStage<?> read) {
            Supplier<Duration> each = lag;
            Duration late = each == null ? Duration.ZERO : each.get();
            return late.isZero()
                    ? read
                    : read.thenCompose(page -> CompletableFuture.supplyAsync(() -> page,
                            CompletableFuture.delayedExecutor(late.toNanos(), TimeUnit.NANOSECONDS)));
        }

        void die() {
            dead = true;
        }

        /** Whether the disk is full: no append of a case is stored then. */
        void full(boolean now) {
            full = now;
        }

        /** How many appends were refused as the disk was full. */
        int refused() {
            return refused.get();
        }

        private CompletionStage<?> append(EventStoreBackend store, Append append) {
            String name = caseOf.apply(append.stream().value());
            int number = name.isEmpty() ? 0 : appends.merge(name, 1, Integer::sum);
            At at = cuts.get(name);
            if (full && number > 0) {
                refused.incrementAndGet();
                return CompletableFuture.failedFuture(new IllegalStateException("no room"));
            }
            if (at == null || number != at.append) {
                return store.append(append);
            }
            return switch (at.cut) {
                case BEFORE -> new CompletableFuture<>();
                case BEHIND -> store.append(append).thenCompose(done -> new CompletableFuture<>());
                case REFUSED -> CompletableFuture.failedFuture(new IllegalStateException("no room"));
                case UNTOLD -> store.append(append)
                        .thenCompose(done -> CompletableFuture
                                .failedFuture(new IllegalStateException("no answer of the disk")));
            };
        }
    }

    /**
     * For nodes that cut single cases off: each message of writes is an append of its own, since a group is answered
     * when all of its appends are, and some never are.
     */
    static final String APPENDS_ALONE = "\ninmemory.journal.circuit-breaker.max-failures = 1000\n";

    /** The configuration of a node. */
    static String config(String store, String node) {
        return "allframe.storage = memory\ninmemory.provider = \"" + CutStore.class.getName()
                + "\"\ninmemory.cut { store = \"" + store + "\", node = \"" + node + "\" }";
    }

    /** The store itself. */
    static InMemoryBackend store(String name) {
        return STORES.computeIfAbsent(name, first -> InMemoryBackend.unbounded());
    }

    /** The ids of its streams that begin so. */
    static List<String> streams(String name, String prefix) {
        return store(name).getStreams(null, Integer.MAX_VALUE)
                .toCompletableFuture()
                .join()
                .stream()
                .map(StreamId::value)
                .filter(stream -> stream.startsWith(prefix))
                .toList();
    }

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        EventStoreBackend store = store(system.settings().config().getString("inmemory.cut.store"));
        Node node = Objects.requireNonNull(
                NODES.get(system.settings().config().getString("inmemory.cut.node")));
        return (EventStoreBackend) Proxy.newProxyInstance(CutStore.class.getClassLoader(),
                new Class<?>[]{EventStoreBackend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("appendEach")) { // by append
                        return InvocationHandler.invokeDefault(proxy, method, arguments);
                    }
                    if (node.dead) {
                        return dead(store, method);
                    }
                    if (method.getName().equals("append")) {
                        return node.append(store, (Append) arguments[0]);
                    }
                    try {
                        Object answer = method.invoke(store, arguments);
                        return method.getName().equals("getAllEvents")
                                ? node.later((CompletionStage<?>) answer)
                                : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is what the method returns
    private static Object dead(EventStoreBackend store, Method method) {
        if (CompletionStage.class.isAssignableFrom(method.getReturnType())) {
            return new CompletableFuture<>();
        }
        if (method.getName().equals("storeId")) {
            return store.storeId();
        }
        throw new StoreClosedException(store.storeId());
    }

    /** The store stays. */
    @Override
    public void close(EventStoreBackend backend) {
        // for the next process
    }
}
