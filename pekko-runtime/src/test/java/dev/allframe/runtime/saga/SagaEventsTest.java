package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.awaitEvent;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.StepOption.into;
import static dev.allframe.saga.StepOption.onlyIf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.CutStore.Node;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaType;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events that start sagas, and events that sagas await: none is missed, and none counts twice. */
@Guarantee("G8")
final class SagaEventsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int OPENED = 1_000;

    /** Interleavings in the gate; {@code -Dsaga.interleavings=10000} tries more. */
    private static final int INTERLEAVINGS = Integer.getInteger("saga.interleavings", 300);

    @Stored("greeting")
    record Greeting(String vault) {}

    /** Each vault that is opened gets a gift, once. */
    private static final SagaType<Greeting> GREETING = SagaType.named("greeting", version(1), Greeting.class)
            .step("give", command(VAULT, Greeting::vault, g -> new VaultCommand.Credit("gift", 1)), nothingToUndo())
            .startedBy(VAULT, VaultEvent.Opened.class, (opened, info) -> new Greeting(info.id()))
            .fromBeginning();

    /** How the awaited event comes. */
    private enum Cause {
        /** A step of the saga causes it, before the saga waits. */
        OWN_STEP,
        /** As above, and its key is known only by a step before. */
        OWN_STEP_LATE_KEY,
        /** Somebody else causes it, at any moment behind the start. */
        SOMEBODY,
        /** Two of one key are awaited, one after the other; somebody causes both, at any moments. */
        SOMEBODY_TWICE
    }

    @Stored("waiting")
    record Waiting(String vault, Cause cause, String key, long paid) {

        String mustKey() {
            if (key.isEmpty()) {
                throw new IllegalStateException("not known yet");
            }
            return key;
        }

        boolean isTwice() {
            return cause == Cause.SOMEBODY_TWICE;
        }

        Waiting paid(VaultEvent.Credited credited) {
            return new Waiting(vault, cause, key, paid + credited.amount());
        }
    }

    @Stored("key")
    record Key(String text) {}

    private static final SagaType<Waiting> WAITING = SagaType.named("waiting", version(1), Waiting.class)
            .step("key", call(Key.class, (waiting, key) -> CompletableFuture.completedFuture(new Key(waiting.vault())),
                    onlyIf(waiting -> waiting.cause == Cause.OWN_STEP_LATE_KEY),
                    into((waiting, key) -> new Waiting(waiting.vault, waiting.cause, key.text, 0))), nothingToUndo())
            .step("cause", command(VAULT, Waiting::vault, w -> new VaultCommand.Credit(w.vault, 1),
                    onlyIf(waiting -> waiting.cause.name().startsWith("OWN"))), nothingToUndo())
            .step("paid", awaitEvent(VAULT, VaultEvent.Credited.class, VaultEvent.Credited::id, Waiting::mustKey,
                    into(Waiting::paid)), nothingToUndo())
            .step("paid-again", awaitEvent(VAULT, VaultEvent.Credited.class, VaultEvent.Credited::id,
                    Waiting::mustKey, onlyIf(Waiting::isTwice), into(Waiting::paid)), nothingToUndo())
            .step("sum", command(VAULT, Waiting::vault, w -> new VaultCommand.Credit("sum", w.paid),
                    onlyIf(Waiting::isTwice)), nothingToUndo());

    private static AllFrame start(String store, String node, SagaType<?> type) {
        return AllFrame
                .standalone("events", ConfigFactory.parseString(CutStore.config(store, node))
                        .withFallback(ConfigFactory.load()))
                .aggregate(VAULT)
                .saga(type)
                .start();
    }

    @Test
    void a_thousand_events_start_a_thousand_sagas_once_though_processes_end() {
        String store = UUID.randomUUID().toString();
        EventStore<VaultEvent> vaults = EventStore.of(CutStore.store(store), VAULT, JacksonEventCodec.of(VAULT));
        for (int process = 0; process < 4; process++) {
            String name = store + process;
            Node node = new Node(name, stream -> "");
            AllFrame allFrame = start(store, name, GREETING);
            for (int i = 0; i < OPENED / 4; i++) {
                vaults.append("v" + process + "." + i, ExpectedVersion.any(), List.of(new VaultEvent.Opened(10)))
                        .toCompletableFuture()
                        .join();
            }
            if (process < 3) {
                int begun = process * OPENED / 4 + 50;
                await().atMost(PATIENCE).until(() -> CutStore.streams(store, "saga|").size() >= begun);
                node.die();
                allFrame.system().terminate();
                allFrame.system().getWhenTerminated().toCompletableFuture().join();
            } else {
                await().atMost(PATIENCE).until(() -> count(allFrame, Phase.COMPLETED) == OPENED);
                assertThat(count(allFrame, Phase.RUNNING)).isZero();
                allFrame.close();
            }
        }
        assertThat(CutStore.streams(store, "saga|")).hasSize(OPENED);
        for (String vault : CutStore.streams(store, "vault|")) {
            assertThat(vaults.streamEvents(vault.substring("vault|".length())).map(record -> record.event()))
                    .containsExactly(new VaultEvent.Opened(10), new VaultEvent.Credited("gift", 1));
        }
    }

    private static long count(AllFrame allFrame, Phase phase) {
        return allFrame.sagas().find(SagaQuery.all().in(phase).limit(SagaQuery.MAX_LIMIT)).sagas().size();
    }

    /** The router of events and the view of what is awaited lag, each for itself, while sagas begin and events come. */
    @Test
    void no_interleaving_of_registration_and_arrival_misses_an_awaited_event() {
        long seed = Long.getLong("test.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        String store = UUID.randomUUID().toString();
        Node node = new Node(store, stream -> "");
        node.lag(() -> random.nextInt(4) == 0 ? Duration.ofNanos(random.nextInt(3_000_000)) : Duration.ZERO);
        EventStore<VaultEvent> vaults = EventStore.of(CutStore.store(store), VAULT, JacksonEventCodec.of(VAULT));
        try (AllFrame allFrame = start(store, store, WAITING)) {
            for (int from = 0; from < INTERLEAVINGS; from += 500) {
                Map<String, CompletableFuture<SagaStatus>> ends = new LinkedHashMap<>();
                for (int i = from; i < Math.min(from + 500, INTERLEAVINGS); i++) {
                    String vault = "w" + i;
                    vaults.append(vault, ExpectedVersion.any(), List.of(new VaultEvent.Opened(10)))
                            .toCompletableFuture()
                            .join();
                    ends.put(vault, wait(allFrame, random, vault));
                }
                assertAllComplete(ends, seed);
            }
        }
        for (String vault : CutStore.streams(store, "vault|")) {
            assertThat(vaults.streamEvents(vault.substring("vault|".length())).map(RecordedEvent::event))
                    .as("%s, with seed %s", vault, seed)
                    .noneMatch(event -> event instanceof VaultEvent.Credited credited && credited.id().equals("sum")
                            && credited.amount() != 3);
        }
    }

    private static CompletableFuture<SagaStatus> wait(AllFrame allFrame, Random random, String vault) {
        Cause cause = Cause.values()[random.nextInt(Cause.values().length)];
        boolean late = cause == Cause.OWN_STEP_LATE_KEY;
        int micros = random.nextInt(4) * random.nextInt(2_000);
        CompletableFuture<SagaHandle> started = allFrame.sagas()
                .start(WAITING, vault, new Waiting(vault, cause, late ? "" : vault, 0))
                .toCompletableFuture();
        if (cause == Cause.SOMEBODY || cause == Cause.SOMEBODY_TWICE) {
            credit(allFrame, started, vault, 1, micros);
        }
        if (cause == Cause.SOMEBODY_TWICE) {
            credit(allFrame, started, vault, 2, random.nextInt(4) * random.nextInt(2_000));
        }
        return started.thenCompose(SagaHandle::ended);
    }

    private static void credit(AllFrame allFrame, CompletableFuture<SagaHandle> started, String vault, long amount,
            int micros) {
        var unused = started.thenRunAsync(
                () -> allFrame.commands()
                        .dispatchAndWait(VAULT, vault, new VaultCommand.Credit(vault, amount))
                        .orThrow(),
                CompletableFuture.delayedExecutor(micros, TimeUnit.MICROSECONDS, Thread::startVirtualThread));
    }

    private static void assertAllComplete(Map<String, CompletableFuture<SagaStatus>> ends, long seed) {
        List<String> missed = new ArrayList<>();
        ends.forEach((vault, end) -> {
            try {
                assertThat(end.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join().phase())
                        .isEqualTo(Phase.COMPLETED);
            } catch (CompletionException late) {
                missed.add(vault);
            }
        });
        assertThat(missed).as("events that were missed, with seed " + seed).isEmpty();
    }
}
