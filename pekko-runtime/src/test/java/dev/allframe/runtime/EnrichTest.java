package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.newId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.pipeline.EnrichedPipeline;
import dev.allframe.pipeline.Pipeline;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.runtime.Wallets.WalletEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values of a pipeline that are looked up elsewhere on their way to an effect, beside real actors. */
final class EnrichTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int PARALLEL = 2;
    private static final String HANGING = "hanging-";

    /** One of two values of an event. */
    private record Paid(String id, long number, int part) {}

    record Named(Paid paid, String owner) {}

    /** What is not as {@link #answered} for some wallets. */
    private static final Map<String, Function<Paid, CompletionStage<Named>>> LOOKUPS = new ConcurrentHashMap<>();
    private static final Queue<Named> EFFECTS = new ConcurrentLinkedQueue<>();
    private static final Queue<Thread> OTHER_THREADS = new ConcurrentLinkedQueue<>();

    /** Threads of a client of another system, which answer lookups and must not be held up. */
    private static final ExecutorService CLIENT = Executors.newFixedThreadPool(2);

    private static final Pipeline<Paid> PAID = Pipeline.from(WALLET)
            .flatMapWithInfo((event, info) -> event instanceof WalletEvent.WasPut
                    ? List.of(new Paid(info.id(), info.sequenceNr(), 1), new Paid(info.id(), info.sequenceNr(), 2))
                    : List.of());

    private static final EnrichedPipeline<Named> NAMED = PAID.filter(paid -> !paid.id.startsWith(HANGING))
            .enrich(EnrichTest::lookUp);
    private static final EnrichedPipeline<Named> SLOWLY_NAMED = PAID.filter(paid -> paid.id.startsWith(HANGING))
            .enrich(EnrichTest::lookUp);

    private static final Config MEMORY = ConfigFactory.parseString("allframe.storage = memory")
            .withFallback(ConfigFactory.load());

    private static final AllFrame ALL_FRAME = AllFrame.standalone("enrich", MEMORY)
            .aggregate(WALLET)
            .reaction(NAMED.react("named", EnrichTest::done)
                    .fromStart()
                    .parallel(PARALLEL)
                    .retry(MOMENT, MOMENT, 9))
            .reaction(SLOWLY_NAMED.react("slowly-named", EnrichTest::done)
                    .fromStart()
                    .within(Duration.ofMillis(300))
                    .retry(MOMENT, MOMENT, 1_000))
            .start();

    @AfterAll
    static void end() {
        ALL_FRAME.close();
        CLIENT.shutdownNow();
    }

    private static CompletionStage<Named> lookUp(Paid paid) {
        noteThread();
        return LOOKUPS.getOrDefault(paid.id, EnrichTest::answered).apply(paid);
    }

    private static CompletionStage<Named> answered(Paid paid) {
        return CompletableFuture.supplyAsync(() -> named(paid), CLIENT);
    }

    private static Named named(Paid paid) {
        return new Named(paid, "owner of " + paid.id);
    }

    private static CompletionStage<?> done(Named named, ReactionInfo info) {
        noteThread();
        EFFECTS.add(named);
        return CompletableFuture.supplyAsync(() -> "sent", CLIENT);
    }

    private static void noteThread() {
        if (!Thread.currentThread().isVirtual()) {
            OTHER_THREADS.add(Thread.currentThread());
        }
    }

    private static void pay(String id) {
        ALL_FRAME.commands().dispatchAndWait(WALLET, id, put(1)).orThrow();
    }

    private static List<Named> effects(String id) {
        return EFFECTS.stream().filter(named -> named.paid.id.equals(id)).toList();
    }

    @Test
    void the_values_of_a_stream_have_their_effects_in_order_on_virtual_threads() {
        String id = newId();
        List<Named> expected = new ArrayList<>();
        for (int number = 1; number <= 10; number++) {
            pay(id);
            expected.add(named(new Paid(id, number, 1)));
            expected.add(named(new Paid(id, number, 2)));
        }

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(effects(id)).isEqualTo(expected));
        assertThat(OTHER_THREADS).isEmpty();
    }

    @Test
    void one_value_of_a_stream_is_looked_up_at_once_and_as_many_streams_as_the_reaction_says() throws Exception {
        record Asked(Paid paid, CompletableFuture<Named> answer) {}
        BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
        Map<String, AtomicInteger> open = new ConcurrentHashMap<>();
        AtomicInteger openNow = new AtomicInteger();
        AtomicInteger mostOpen = new AtomicInteger();
        AtomicInteger mostOfStream = new AtomicInteger();
        List<String> ids = List.of(newId(), newId(), newId(), newId(), newId());
        for (String id : ids) {
            LOOKUPS.put(id, paid -> {
                mostOfStream.accumulateAndGet(open.computeIfAbsent(id, first -> new AtomicInteger())
                        .incrementAndGet(), Math::max);
                mostOpen.accumulateAndGet(openNow.incrementAndGet(), Math::max);
                CompletableFuture<Named> answer = new CompletableFuture<>();
                asked.add(new Asked(paid, answer));
                return answer;
            });
            pay(id);
        }

        await().atMost(PATIENCE).until(() -> openNow.get() == PARALLEL);
        for (int i = 0; i < 2 * ids.size(); i++) {
            Asked next = Objects.requireNonNull(asked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            openNow.decrementAndGet();
            Objects.requireNonNull(open.get(next.paid.id)).decrementAndGet();
            CLIENT.execute(() -> next.answer.complete(named(next.paid)));
        }

        for (String id : ids) {
            await().atMost(PATIENCE).until(() -> effects(id).size() == 2);
        }
        assertThat(mostOpen).hasValue(PARALLEL);
        assertThat(mostOfStream).hasValue(1);
        assertThat(OTHER_THREADS).isEmpty();
    }

    enum Fault {
        THROWS, FAILS, NO_STAGE, NO_VALUE;

        @SuppressWarnings("NullAway") // what a user's function does that is not checked
        CompletionStage<Named> answer() {
            return switch (this) {
                case THROWS -> throw new IllegalStateException("nobody there");
                case FAILS -> CompletableFuture.failedFuture(new IllegalStateException("nobody there"));
                case NO_STAGE -> null;
                case NO_VALUE -> CompletableFuture.completedFuture(null);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_lookup_that_fails_is_asked_again_with_its_event(Fault fault) {
        String id = newId();
        AtomicInteger seconds = new AtomicInteger();
        LOOKUPS.put(id, paid -> paid.part == 2 && seconds.incrementAndGet() <= 2 ? fault.answer() : answered(paid));

        pay(id);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(effects(id)).extracting(named -> named.paid.part)
                        .containsExactly(1, 1, 1, 2));
        assertThat(seconds).hasValue(3);
    }

    @Test
    void a_lookup_that_hangs_is_given_up_when_the_time_of_the_reaction_is_over_and_asked_again() {
        String id = HANGING + newId();
        AtomicInteger asked = new AtomicInteger();
        LOOKUPS.put(id, paid -> asked.incrementAndGet() == 1 ? new CompletableFuture<>() : answered(paid));
        String other = HANGING + newId();

        pay(id);
        pay(other);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(effects(id)).extracting(named -> named.paid.part).contains(1, 2));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(effects(other)).isNotEmpty());
        assertThat(asked).hasValueGreaterThan(2);
    }

    @Test
    void the_way_to_a_lookup_is_printed() {
        assertThat(NAMED.describe()).isEqualTo("""
                from wallet
                flatMap
                filter
                enrich""");
    }
}
