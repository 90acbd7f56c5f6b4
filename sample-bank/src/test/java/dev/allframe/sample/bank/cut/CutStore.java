package dev.allframe.sample.bank.cut;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.Append;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreClosedException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that outlives its processes. Each process ends for each case at one append of that case: nobody is
 * told of it, and of later ones of the case. Which case an append is of, its stream says.
 */
public final class CutStore implements BackendProvider {

    /** Where a process ends for a case: at which of its appends, and whether that is stored. */
    record Cut(int append, boolean stored) {}

    /** One process; the newest is the one that is opened. */
    static final class Node {

        private final InMemoryBackend store;
        private final Map<String, Cut> cuts;
        private final Map<String, Integer> appends = new ConcurrentHashMap<>();
        private volatile boolean dead;

        /** A process on a store, which ends for these cases. */
        Node(InMemoryBackend store, Map<String, Cut> cuts) {
            this.store = store;
            this.cuts = cuts;
            current = this;
        }

        boolean isCut(String name) {
            Cut cut = cuts.get(name);
            return cut != null && appends(name) >= cut.append;
        }

        /** How many appends a case has made. */
        int appends(String name) {
            return appends.getOrDefault(name, 0);
        }

        void die() {
            dead = true;
        }

        private CompletionStage<?> append(Append append) {
            String name = caseOf(append.stream().value());
            int number = appends.merge(name, 1, Integer::sum);
            Cut cut = cuts.get(name);
            if (cut == null || number < cut.append) {
                return store.append(append);
            }
            return number == cut.append && cut.stored
                    ? store.append(append).thenCompose(done -> new CompletableFuture<>())
                    : new CompletableFuture<>();
        }
    }

    private static volatile @Nullable Node current;

    /** The case of {@code saga|<definition>/<case>…}, of {@code account|<case>.<name>} and its clearing account. */
    static String caseOf(String stream) {
        return stream.replaceFirst("^saga\\|[a-z-]+/", "")
                .replaceFirst("^account\\|(clearing-)?", "")
                .replaceFirst("[./].*", "");
    }

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        Node node = current;
        if (node == null) {
            throw new IllegalStateException("no process was made");
        }
        return (EventStoreBackend) Proxy.newProxyInstance(CutStore.class.getClassLoader(),
                new Class<?>[]{EventStoreBackend.class}, (proxy, method, arguments) -> {
                    if (node.dead) {
                        return dead(node.store, method);
                    }
                    if (method.getName().equals("append")) {
                        return node.append((Append) arguments[0]);
                    }
                    try {
                        return method.invoke(node.store, arguments);
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
