package dev.allframe.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.Appended;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A durable store of tills' events, and AllFrame with views on it. */
final class TillStore {

    /** For an order of the benchmark. */
    static final Order ORDER = Order.of("benchmark", "measured");

    private static final int IN_FLIGHT = 1_024;
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private static final String COMMON = """
            pekko.loglevel = ERROR
            pekko.stdout-loglevel = ERROR
            allframe.storage = allsource
            allframe.max-in-flight = 1000000
            """;

    private TillStore() {}

    static String id(int till) {
        return "t" + till;
    }

    /**
     * Stores events, each an append of its own to a till by chance, or where there are as many as tills one of each;
     * then seals them.
     */
    static void fill(Path place, int events, int tills) {
        try (EventStoreBackend backend = AllSourceBackend.withConfig(AllSourceConfig.in(place))) {
            EventStore<Tills.PaidIn> store = EventStore.of(backend, Tills.TILL, JacksonEventCodec.of(Tills.TILL));
            Random random = new Random(7);
            ArrayDeque<CompletableFuture<Appended>> inFlight = new ArrayDeque<>();
            for (int i = 0; i < events; i++) {
                int till = events == tills ? i : random.nextInt(tills);
                inFlight.add(store.append(id(till), ExpectedVersion.any(), List.of(paidIn(i))).toCompletableFuture());
                if (inFlight.size() == IN_FLIGHT) {
                    inFlight.remove().join();
                }
            }
            inFlight.forEach(CompletableFuture::join);
            backend.flush().toCompletableFuture().join();
        }
    }

    private static Tills.PaidIn paidIn(long number) {
        return new Tills.PaidIn(1 + number % 1_000, "reference " + number);
    }

    /** AllFrame on the store, with views that are live. */
    static AllFrame open(Path place, String config, List<? extends ProjectionType<?, ?>> views) {
        Config all = ConfigFactory.parseString(config)
                .withFallback(ConfigFactory.parseString(
                        String.format(Locale.ROOT, "allsource.dir = \"%s\"%n", place) + COMMON))
                .withFallback(ConfigFactory.load());
        AllFrame.Builder builder = AllFrame.standalone("projections", all).aggregate(Tills.TILL);
        for (ProjectionType<?, ?> view : views) {
            builder = builder.projection(view);
        }
        AllFrame allFrame = builder.start();
        views.forEach(view -> awaitLive(allFrame, view));
        return allFrame;
    }

    /** Waits until a view has applied everything. */
    static void awaitLive(AllFrame allFrame, ProjectionType<?, ?> view) {
        await(() -> allFrame.projections().describe(view.name()).toString(), () -> {
            ProjectionMetadata now = allFrame.projections().describe(view.name());
            return now.state() == ProjectionState.LIVE && now.lag() == 0;
        });
    }

    /** Builds a view anew beside what is served: the time from the order until the new rows are served. */
    static Duration rebuild(AllFrame allFrame, ProjectionType<?, ?> view) {
        long before = allFrame.projections().describe(view.name()).generation();
        long begin = System.nanoTime();
        allFrame.projections().rebuild(view, ORDER).toCompletableFuture().join();
        await(() -> allFrame.projections().describe(view.name()).toString(),
                () -> allFrame.projections().describe(view.name()).generation() > before);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    static void await(Supplier<String> state, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + PATIENCE + ": " + state.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
