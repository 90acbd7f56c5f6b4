package dev.allframe.runtime.projection;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType.OnFailure;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.runtime.projection.Counters.CounterEvent;
import dev.allframe.runtime.projection.Counters.Numbers;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * One view with its own store, to which everything is done that may happen to a view, in an order that a seed gives.
 * The actors, the work, the fold and the waiters are real; who asks is compared with counters that know nothing of
 * them.
 */
final class Interleaving {

    private static final int STREAMS = 4;
    private static final AtomicLong STARTED = new AtomicLong();

    /** What is known of a stream: numbers rise from 1, and none is appended by anybody else. */
    private static final class Counter {
        private final String id;
        private volatile long appended;
        private volatile long deletedTo;
        private final Set<Long> skipped = ConcurrentHashMap.newKeySet();

        Counter(String id) {
            this.id = id;
        }

        StreamId stream() {
            return StreamId.of("counter", id);
        }

        /** Numbers that a view must have applied which has seen this one. */
        List<Long> due(long number) {
            List<Long> due = new ArrayList<>();
            for (long each = deletedTo + 1; each <= number; each++) {
                if (!skipped.contains(each)) {
                    due.add(each);
                }
            }
            return due;
        }
    }

    private final ActorSystem<?> system;
    private final Random random;
    private final InMemoryBackend backend = InMemoryBackend.unbounded();
    private final EventStore<CounterEvent> events = EventStore.of(backend, Counters.COUNTER,
            JacksonEventCodec.of(Counters.COUNTER));
    private final RegisteredView<String, Numbers> type;
    private final EventStoreBackend store;
    private final ViewFiles files;
    private final PlantedFault fault;
    private final Duration patience;
    private final ViewOrders orders = new ViewOrders(backend);
    private final ProjectionSettings settings;
    private final Executor executor;
    private final List<Counter> counters = new ArrayList<>();
    private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();
    private final List<Runnable> onRefusal = new CopyOnWriteArrayList<>();
    private final Queue<String> mistakes = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final AtomicLong seen = new AtomicLong();
    private boolean damaged;
    private ViewStore opened;
    private FaultyViews faulty;
    private KeptView<String, Numbers> kept;
    private ServedView<String, Numbers> view;

    /**
     * Begins.
     *
     * @param files hold the view; deleted at the end
     * @param fault of the view itself, which is to be found
     * @param patience longer than anything takes
     */
    Interleaving(ActorSystem<?> system, Executor threads, ViewFiles files, PlantedFault fault, Duration patience,
            long seed) {
        this.patience = patience;
        this.system = system;
        this.files = files;
        this.fault = fault;
        this.random = new Random(seed);
        this.type = random.nextBoolean() ? Counters.PARKING : Counters.STANDING;
        this.executor = work -> threads.execute(() -> {
            pause();
            work.run();
        });
        this.store = slow(backend);
        this.settings = new ProjectionSettings(1 + random.nextInt(6), random.nextInt(4) == 0 ? 1_000 : 0,
                Duration.ofMillis(1 + random.nextInt(20)), Duration.ZERO, Duration.ofMillis(1),
                Duration.ofMillis(4));
        for (int i = 0; i < STREAMS; i++) {
            counters.add(new Counter("c" + STARTED.incrementAndGet()));
        }
        start();
    }

    /** Lets others go first, now and then. */
    private static void pause() {
        int dice = ThreadLocalRandom.current().nextInt(8);
        if (dice == 0) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
        } else if (dice < 3) {
            Thread.onSpinWait();
        }
    }

    private static <T> T later(T value) {
        pause();
        return value;
    }

    /** The same store, whose reads are complete later, and some of whose pages cannot be read. */
    private EventStoreBackend slow(EventStoreBackend real) {
        return (EventStoreBackend) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{EventStoreBackend.class}, (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("getAllEvents") && ThreadLocalRandom.current().nextInt(50) == 0) {
                            throw new IllegalStateException("a page cannot be read, says the test");
                        }
                        Object answer = method.invoke(real, arguments);
                        return answer instanceof CompletionStage<?> stage && ThreadLocalRandom.current().nextBoolean()
                                ? stage.thenApplyAsync(Interleaving::later, Thread::startVirtualThread)
                                : answer;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private void start() {
        opened = files.open();
        faulty = new FaultyViews(fault.in(opened), Interleaving::pause);
        kept = KeptView.start(system, type, faulty, store, executor, settings,
                new Refusals(refusal::get, changed -> {
                    onRefusal.add(changed);
                    return () -> onRefusal.remove(changed);
                }), fault);
        view = kept.users();
    }

    private void stop() {
        kept.stop().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).handle((end, failed) -> {
            if (failed instanceof TimeoutException) { // a flush may have failed, because the test has said so
                mistakes.add("the view did not stop");
            }
            return end;
        }).join();
        files.end(opened);
    }

    /** Does so many steps, then ends what is paused, poisoned or refused, and compares. */
    Queue<String> run(int steps) {
        try {
            for (int i = 0; i < steps && mistakes.isEmpty(); i++) {
                step();
            }
            if (mistakes.isEmpty()) {
                settle();
            }
            asked.forEach(
                    each -> each.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).handle((answer, failed) -> {
                        if (failed != null) {
                            mistakes.add("who asked had no answer: " + failed);
                        }
                        return answer;
                    }).join());
        } finally {
            counters.forEach(counter -> Counters.POISON.remove(counter.id));
            stop();
            backend.close();
            files.close();
        }
        return mistakes;
    }

    /** What was done, for whoever looks for the cause of a mistake. */
    List<String> done() {
        return done;
    }

    Queue<String> mistakes() {
        return mistakes;
    }

    long seen() {
        return seen.get();
    }

    private Counter any() {
        return counters.get(random.nextInt(STREAMS));
    }

    private void step() {
        int dice = random.nextInt(100);
        Counter counter = any();
        String what;
        if (dice < 40) {
            what = "append to " + counter.id;
            append(counter, 1 + random.nextInt(3));
        } else if (dice < 48) {
            what = "ask for the future of " + counter.id;
            ask(counter, counter.appended + 1 + random.nextInt(2), random.nextBoolean());
        } else if (dice < 52) {
            what = "delete of " + counter.id;
            long to = counter.appended == 0 ? 0 : random.nextLong(counter.appended + 1);
            counter.deletedTo = Math.max(counter.deletedTo, to);
            backend.deleteEventsTo(counter.stream(), to).toCompletableFuture().join();
        } else if (dice < 57) {
            what = "pause";
            give(new ViewOrder.Paused("test", "dice"));
        } else if (dice < 65) {
            what = "resume";
            give(new ViewOrder.Resumed("test", "dice"));
        } else if (dice < 69) {
            what = "poison " + counter.id;
            Counters.POISON.add(counter.id);
        } else if (dice < 73) {
            what = "cure " + counter.id;
            Counters.POISON.remove(counter.id);
        } else if (dice < 77) {
            what = "retry";
            give(new ViewOrder.RetryOrdered("test", "dice"));
        } else if (dice < 81) {
            what = "skip of " + counter.id;
            skip(counter);
        } else if (dice < 86) {
            what = "rebuild";
            give(new ViewOrder.RebuildOrdered("test", "dice", true));
        } else if (dice < 89) {
            what = "restart";
            stop();
            start();
        } else if (dice < 91) {
            what = "failure of the actor";
            kept.actor().tell(new ViewActor.Ping(() -> {
                throw new IllegalStateException("the actor fails, says the test");
            }));
        } else if (dice < 94) {
            FaultyViews.Fault fault = random.nextInt(8) == 0
                    ? FaultyViews.Fault.DAMAGED
                    : random.nextBoolean() ? FaultyViews.Fault.FULL : FaultyViews.Fault.FAILED;
            what = "a change that is " + fault;
            damaged |= fault == FaultyViews.Fault.DAMAGED;
            faulty.fail(fault);
        } else if (dice < 96) {
            what = "refusal or not";
            refuse(random.nextBoolean() ? "refused, says the test" : null);
        } else {
            what = "rest";
            LockSupport.parkNanos(random.nextInt(2_000_000));
        }
        done.add(what);
    }

    private void refuse(@Nullable String why) {
        refusal.set(why);
        onRefusal.forEach(Runnable::run);
    }

    private void give(ViewOrder order) {
        orders.give(type.type().name(), order).toCompletableFuture().join();
    }

    private void skip(Counter counter) {
        Published now = view.published();
        Parked parked = now == null ? null : now.parked().get(counter.stream());
        long number = parked == null ? counter.appended : parked.firstSequenceNr();
        if (number > 0) {
            counter.skipped.add(number);
            give(new ViewOrder.EventSkipped(counter.stream().value(), number, "test", "dice"));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // the thread of the steps alone writes
    private void append(Counter counter, int count) {
        List<CounterEvent> more = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            more.add(new CounterEvent.Counted(counter.appended + i));
        }
        events.append(counter.id, ExpectedVersion.exactly(counter.appended), more).toCompletableFuture().join();
        counter.appended += count;
        if (random.nextInt(3) > 0) {
            ask(counter, counter.appended - random.nextInt(count), random.nextBoolean());
        }
    }

    /** Asks for a write, and looks whether the rows have it where the view says that it has seen it. */
    private void ask(Counter counter, long number, boolean atOnce) {
        ConsistencyToken token = new ConsistencyToken(backend.storeId(), counter.stream(), number);
        Duration time = Duration.ofMillis(1 + random.nextInt(40));
        View<String, Numbers> now = view;
        long begun = System.nanoTime();
        CompletionStage<?> answer = atOnce
                ? now.get(counter.id, token, time).thenAccept(got -> {
                    if (got instanceof ViewAnswer.Seen<Optional<Numbers>>(var row)) {
                        check("get", counter, number, row);
                    }
                })
                : now.await(token, time).thenAccept(got -> {
                    if (got instanceof ViewAnswer.Seen) {
                        checkAfterAwait(now, counter, number);
                    }
                });
        asked.add(answer.whenComplete((end, failed) -> {
            long millis = (System.nanoTime() - begun) / 1_000_000;
            if (millis > time.toMillis() + TimeUnit.SECONDS.toMillis(10)) {
                mistakes.add("who asked for " + time + " had an answer after " + millis + " ms");
            }
        }).toCompletableFuture());
    }

    private void checkAfterAwait(View<String, Numbers> now, Counter counter, long number) {
        try {
            Optional<Numbers> row = now.get(counter.id);
            if (!damaged) { // what was seen may be parked when a damaged view is built anew
                check("await", counter, number, row);
            }
        } catch (ViewNotReadyException closed) { // restarted in between
            seen.incrementAndGet();
        }
    }

    private void check(String how, Counter counter, long number, Optional<Numbers> row) {
        seen.incrementAndGet();
        List<Long> applied = row.map(Numbers::applied).orElse(List.of());
        if (!applied.containsAll(counter.due(number))) {
            mistakes.add(how + " has seen " + counter.id + " " + number + ", and the row has " + applied + " of "
                    + counter.due(number));
        }
        if (!applied.equals(applied.stream().distinct().sorted().toList())) {
            mistakes.add("applied twice or not in order: " + counter.id + " " + applied);
        }
    }

    private void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                mistakes.add("in vain waited for: " + what + "; the view is " + view.state() + ", trouble: "
                        + kept.progress().trouble());
                throw new IllegalStateException(what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    private void settle() {
        faulty.fail(null);
        refuse(null);
        counters.forEach(counter -> Counters.POISON.remove(counter.id));
        give(new ViewOrder.Resumed("test", "end"));
        give(new ViewOrder.RetryOrdered("test", "end"));
        AtomicBoolean again = new AtomicBoolean();
        for (Counter counter : counters) {
            until("the end of " + counter.id, () -> {
                ViewAnswer<Optional<Numbers>> answer = view
                        .get(counter.id, new ConsistencyToken(backend.storeId(), counter.stream(), counter.appended),
                                Duration.ofSeconds(1))
                        .toCompletableFuture()
                        .join();
                if (answer instanceof ViewAnswer.Seen<Optional<Numbers>>(var row)) {
                    check("the end", counter, counter.appended, row);
                }
                boolean isLate = view.state() == ProjectionState.PARKED || view.state() == ProjectionState.FAILED;
                if (isLate && again.compareAndSet(false, true)) { // a page that was handled while there was poison
                    give(new ViewOrder.RetryOrdered("test", "once more"));
                }
                return answer instanceof ViewAnswer.Seen;
            });
        }
        until("the orders", this::isQuiet);
        give(new ViewOrder.RebuildOrdered("test", "end", true));
        until("the last rebuild", this::isQuiet);
        until("no trouble", () -> kept.progress().trouble().isEmpty());
        compare();
    }

    /** Whether every order was followed, and nothing is built or left of what was served before. */
    private boolean isQuiet() {
        Published now = view.published();
        if (now == null || view.state() != ProjectionState.LIVE) {
            return false;
        }
        long followed;
        try {
            followed = ViewFold.resume(type.type(), type.rows(), now.tables(), Clock.systemUTC()).orders();
        } catch (StoreClosedException switched) {
            return false;
        }
        // Behind the number: an order to rebuild is noted when the generation that it begins is there.
        Published still = view.published();
        return followed == orders.behind(type.type().name(), 0).size()
                && faulty.generations(type.type().name()).size() == 1
                && still != null && still.readers().equals(now.readers());
    }

    /** The rows are those of a fold that shares nothing with the one that made them. */
    private void compare() {
        Map<String, List<Long>> expected = new TreeMap<>();
        Map<String, Set<Long>> skipped = new TreeMap<>();
        counters.forEach(counter -> skipped.put(counter.id, new HashSet<>(counter.skipped)));
        for (Counter counter : counters) {
            events.streamEvents(counter.id).forEach(event -> {
                if (event.event() instanceof CounterEvent.Counted(long number)
                        && !counter.skipped.contains(number)) {
                    expected.computeIfAbsent(counter.id, first -> new ArrayList<>()).add(number);
                }
            });
        }
        Map<String, List<Long>> rows = new TreeMap<>();
        for (Rows.Entry<String, Numbers> entry : view.range(Range.all()).entries()) {
            rows.put(entry.key(), entry.row().applied());
            if (!view.by(Counters.COUNT, entry.row().count()).keys().contains(entry.key())) {
                mistakes.add("the index has no " + entry.key());
            }
        }
        if (!rows.equals(expected) || view.count() != expected.size()) {
            mistakes.add("the view has " + rows + " of " + expected + " and skipped " + skipped);
        }
        if (type.type().onFailure() == OnFailure.STOP && view.isAnyParked()) {
            mistakes.add("a view that stops has parked");
        }
    }
}
