package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.evolution.Upcasters;
import dev.allframe.runtime.Wallets.Wallet;
import dev.allframe.runtime.Wallets.WalletCommand;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A snapshot of another shape than today's is passed over where the events can make the state again, and never where
 * they cannot.
 */
@Guarantee("G9")
final class OutdatedSnapshotTest {

    private static final StreamId WALLET_W = StreamId.of("wallet", "w");
    private static final AggregateType<WalletCommand, WalletEvent, Wallet> WALLET = Wallets.WALLET;
    private static final CommandOptions PATIENT = CommandOptions.none().within(Duration.ofSeconds(30));

    private @Nullable ActorSystem<Void> system;

    /** AllFrame on the test's one actor system, whose memory outlives it. */
    private AllFrame start(AggregateType<?, ?, ?> type, String config) {
        if (system == null) {
            system = ActorSystem.create(Behaviors.empty(), "snapshots",
                    ConfigFactory
                            .parseString(
                                    config.contains("snapshot-store") ? config : config + "\nallframe.storage = memory")
                            .withFallback(ConfigFactory.load()));
        }
        return AllFrame.on(system).aggregate(type).start();
    }

    private AllFrame start(AggregateType<?, ?, ?> type) {
        return start(type, "");
    }

    @AfterEach
    void terminate() throws Exception {
        OutdatedSnapshots.outdated = false;
        if (system != null) {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private static void snapshot(AllFrame allFrame, StreamId stream, long sequenceNr, String json) {
        allFrame.backend()
                .saveSnapshot(new Snapshot(stream, sequenceNr, Instant.EPOCH,
                        new Payload(46_002, "wallet.state", json.getBytes(StandardCharsets.UTF_8)), null))
                .toCompletableFuture()
                .join();
    }

    /** Four events of one each under command ids, and a snapshot after the third. */
    private void history(String config, String snapshot) {
        try (AllFrame allFrame = start(WALLET, config)) {
            for (int i = 0; i < 4; i++) {
                allFrame.commands().dispatchAndWait(WALLET, "w", put(1), withCommandId("c-" + i)).orThrow();
            }
            snapshot(allFrame, WALLET_W, 3, snapshot);
        }
    }

    private static BigDecimal amount(CommandResult<WalletEvent> refused) {
        return new BigDecimal(((CommandResult.Refused<WalletEvent>) refused).details().get("amount"));
    }

    private static CommandError errorOf(CommandResult<WalletEvent> result) {
        assertThat(result).isInstanceOf(CommandResult.Failed.class);
        return ((CommandResult.Failed<WalletEvent>) result).error();
    }

    private static CommandResult<WalletEvent> takeAll(AllFrame allFrame, String id) {
        return allFrame.commands().dispatchAndWait(WALLET, id, CommandBusConformance.take(1_000), PATIENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'v':2,'type':'wallet.state','version':9,'state':{},'forgottenUntil':null,'commands':[]}",
            "{'v':2,'type':'wallet.purse','version':1,'state':{'amount':'100','changes':3},'forgottenUntil':null,'commands':[]}",
            "{'v':3,'type':'wallet.state','version':1,'shape':'other','state':{'amount':'100','changes':3},'forgottenUntil':null,'commands':[]}",
            "{'v':2,'type':'wallet.state','version':1,'state':{'amount':'100'},'forgottenUntil':null,'commands':[]}",
            "{'v':1,'type':'wallet.state','version':1,'state':{'amount':'100'},'commands':[]}"})
    void the_state_and_the_remembered_commands_are_rebuilt_from_the_events(String snapshot) {
        history("", snapshot.replace('\'', '"'));
        try (AllFrame allFrame = start(WALLET)) {
            CommandResult.Accepted<WalletEvent> repeat = allFrame.commands()
                    .dispatchAndWait(WALLET, "w", put(1), withCommandId("c-1"))
                    .orThrow();

            assertThat(repeat.sequenceNr()).isEqualTo(2);
            assertThat(amount(takeAll(allFrame, "w"))).isEqualByComparingTo("4");
        }
    }

    @Test
    void a_snapshot_of_today_s_shape_is_used_and_keeps_its_shape() {
        AtomicReference<String> stored = new AtomicReference<>();
        try (AllFrame allFrame = start(WALLET)) {
            for (int i = 0; i < 5; i++) {
                allFrame.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
            }
            await().until(() -> allFrame.eventStore(WALLET)
                    .getLatestSnapshot("w")
                    .toCompletableFuture()
                    .join()
                    .map(found -> {
                        stored.set(new String(found.payload().bytes(), StandardCharsets.UTF_8));
                        return found;
                    })
                    .isPresent());

            assertThat(stored.get()).isEqualTo(
                    """
                            {"v":3,"type":"wallet.state","version":1,"shape":"dbd5717f97a5af91","state":{"amount":"5","changes":5},\
                            "forgottenUntil":null,"commands":[]}""");
            snapshot(allFrame, WALLET_W, 5, stored.get().replace("\"5\"", "\"100\""));
        }
        try (AllFrame allFrame = start(WALLET)) {
            assertThat(amount(takeAll(allFrame, "w"))).as("what the snapshot says").isEqualByComparingTo("100");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'v':1,'type':'wallet.state','version':1,'state':{'amount':'100','changes':3},'commands':[]}",
            "{'v':2,'type':'wallet.state','version':1,'state':{'amount':'100','changes':3},'forgottenUntil':null,'commands':[]}"})
    void snapshots_from_before_they_had_a_shape_are_used_where_they_fit(String snapshot) {
        history("", snapshot.replace('\'', '"'));
        try (AllFrame allFrame = start(WALLET)) {
            assertThat(amount(takeAll(allFrame, "w"))).isEqualByComparingTo("101");
        }
    }

    @Test
    void a_snapshot_of_the_first_format_keeps_its_commands() {
        history("",
                """
                        {"v":1,"type":"wallet.state","version":1,"state":{"amount":"100","changes":3},"commands":[{"commandId":"c-9",\
                        "fingerprint":"0f","outcome":{"@type":"accepted"},"firstSequenceNr":1,"lastSequenceNr":1}]}""");
        try (AllFrame allFrame = start(WALLET)) {
            assertThat(errorOf(allFrame.commands().dispatchAndWait(WALLET, "w", put(1), withCommandId("c-9"))))
                    .isEqualTo(new CommandError.IdempotencyConflict("c-9"));
        }
    }

    @Test
    void a_snapshot_of_an_older_version_is_brought_to_today_s_where_steps_lead_there() {
        AggregateType<WalletCommand, WalletEvent, Wallet> upcasting = WALLET
                .upcasting(Upcasters.json("purse", 7).to("state", 1, tree -> {
                    tree.put("changes", 3);
                    return tree;
                }));
        history("",
                "{\"v\":3,\"type\":\"wallet.purse\",\"version\":7,\"shape\":\"old\",\"state\":{\"amount\":\"100\"},\"forgottenUntil\":null,\"commands\":[]}");
        try (AllFrame allFrame = start(upcasting)) {
            assertThat(amount(takeAll(allFrame, "w"))).isEqualByComparingTo("101");
        }
    }

    @Test
    void an_instance_whose_first_events_were_deleted_is_unreadable_and_stays_so() {
        history("",
                "{\"v\":3,\"type\":\"wallet.state\",\"version\":1,\"shape\":\"old\",\"state\":{},\"forgottenUntil\":null,\"commands\":[]}");
        for (long deleted : List.of(2L, 4L)) {
            try (AllFrame allFrame = start(WALLET)) {
                allFrame.backend().deleteEventsTo(WALLET_W, deleted).toCompletableFuture().join();

                for (int i = 0; i < 3; i++) {
                    CommandError error = errorOf(allFrame.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT));
                    assertThat(error).isInstanceOf(CommandError.Unreadable.class);
                    assertThat(error.message()).startsWith("stream=wallet|w: the snapshot cannot be used")
                            .contains("the first " + deleted + " records were deleted")
                            .contains("the shape old");
                }
                assertThat(allFrame.backend().highestSequenceNr(WALLET_W).toCompletableFuture().join()).isEqualTo(4);
            }
        }
    }

    /** An instance with one record of a foreign journal, and a snapshot of another shape after it. */
    private void foreign() {
        HeldJournal.reset();
        try (AllFrame allFrame = start(WALLET, HeldJournal.CONFIG
                + "pekko.persistence.snapshot-store.plugin = outdated-snapshots\n" + "outdated-snapshots.class = \""
                + OutdatedSnapshots.class.getName() + "\"\n")) {
            allFrame.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
        }
        OutdatedSnapshots.outdated = true;
    }

    private static List<CompletableFuture<CommandResult<WalletEvent>>> flood(AllFrame allFrame, int count) {
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(allFrame.commands().dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture());
        }
        return results;
    }

    private static void assertExecutedInTheirOrder(List<CompletableFuture<CommandResult<WalletEvent>>> results)
            throws Exception {
        List<Long> sequenceNrs = new ArrayList<>();
        for (CompletableFuture<CommandResult<WalletEvent>> result : results) {
            sequenceNrs.add(result.get(30, TimeUnit.SECONDS).orThrow().sequenceNr());
        }
        assertThat(sequenceNrs).isEqualTo(LongStream.range(2, results.size() + 2).boxed().toList());
        assertThat(HeldJournal.stored("wallet|w")).isEqualTo(results.size() + 1);
    }

    @Test
    void commands_that_arrive_while_it_recovers_are_each_executed_once_and_in_their_order() throws Exception {
        foreign();
        try (AllFrame allFrame = start(WALLET)) {
            CompletableFuture<Void> recovery = HeldJournal.holdRecovery();
            List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(allFrame, 200);
            await().until(HeldJournal::isHolding);
            results.addAll(flood(allFrame, 100));
            recovery.complete(null);
            results.addAll(flood(allFrame, 100));

            assertExecutedInTheirOrder(results);
            assertThat(amount(takeAll(allFrame, "w"))).isEqualByComparingTo("401");
        }
    }

    @Test
    void closing_while_it_recovers_finishes_what_waits() throws Exception {
        foreign();
        AllFrame allFrame = start(WALLET);
        CompletableFuture<Void> recovery = HeldJournal.holdRecovery();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(allFrame, 100);
        await().until(HeldJournal::isHolding);
        Thread close = new Thread(allFrame::close);
        close.start();
        await().until(() -> close.getState() == Thread.State.WAITING); // for its instances to stop
        recovery.complete(null);

        assertExecutedInTheirOrder(results);
        close.join();
    }

    @Test
    void recoveries_that_begin_again_do_not_use_up_pekko_s_permits() {
        try (AllFrame allFrame = start(WALLET, "pekko.persistence.max-concurrent-recoveries = 1")) {
            for (int i = 0; i < 4; i++) {
                StreamId stream = StreamId.of("wallet", "w-" + i);
                allFrame.commands().dispatchAndWait(WALLET, stream.entityId(), put(1)).orThrow();
                snapshot(allFrame, stream, 1,
                        "{\"v\":3,\"type\":\"wallet.state\",\"version\":8,\"shape\":\"old\",\"state\":{},\"forgottenUntil\":null,\"commands\":[]}");
            }
        }
        try (AllFrame allFrame = start(WALLET)) {
            for (int i = 0; i < 4; i++) {
                assertThat(amount(takeAll(allFrame, "w-" + i))).isEqualByComparingTo("1");
            }
        }
    }

    @Test
    void an_instance_that_was_rebuilt_recovers_from_its_new_snapshot_after_a_failed_write() throws Exception {
        history("allframe.restart-backoff { min = 10ms, max = 10ms }",
                "{\"v\":3,\"type\":\"wallet.state\",\"version\":8,\"shape\":\"old\",\"state\":{},\"forgottenUntil\":null,\"commands\":[]}");
        try (AllFrame allFrame = start(WALLET)) {
            allFrame.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow(); // the fifth: a snapshot
            await().until(() -> allFrame.eventStore(WALLET)
                    .getLatestSnapshot("w")
                    .toCompletableFuture()
                    .join()
                    .filter(found -> found.sequenceNr() == 5)
                    .isPresent());
            allFrame.backend().deleteEventsTo(WALLET_W, 5).toCompletableFuture().join();
            allFrame.eventStore(WALLET)
                    .append("w", ExpectedVersion.any(),
                            List.of(new WalletEvent.WasPut(BigDecimal.TEN, "beside")))
                    .toCompletableFuture()
                    .join();

            CommandError conflict = errorOf(allFrame.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT));

            assertThat(conflict).isInstanceOf(CommandError.AnotherWriter.class);
            await().until(() -> takeAll(allFrame, "w") instanceof CommandResult.Refused);
            assertThat(amount(takeAll(allFrame, "w"))).isEqualByComparingTo("15");
        }
    }

    @Test
    void the_first_event_after_the_state_was_rebuilt_takes_a_snapshot() {
        history("",
                "{\"v\":3,\"type\":\"wallet.state\",\"version\":8,\"shape\":\"old\",\"state\":{},\"forgottenUntil\":null,\"commands\":[]}");
        try (AllFrame allFrame = start(WALLET.snapshotEvery(1000))) {
            for (int i = 0; i < 3; i++) {
                allFrame.commands().dispatchAndWait(WALLET, "w", put(1), PATIENT).orThrow();
            }
            await().until(() -> allFrame.eventStore(WALLET)
                    .getLatestSnapshot("w")
                    .toCompletableFuture()
                    .join()
                    .map(Snapshot::sequenceNr), Optional.of(5L)::equals);
        }
    }

    @Test
    void a_bug_in_evolve_is_not_taken_for_a_change_of_shape() {
        Wallets wallets = new Wallets();
        AggregateType<WalletCommand, WalletEvent, Wallet> broken = AggregateType.named("wallet", WalletCommand.class,
                WalletEvent.class, Wallet.class, new Aggregate<>() {
                    @Override
                    public Wallet initialState() {
                        return wallets.initialState();
                    }

                    @Override
                    public Decision<WalletEvent> decide(Wallet wallet, WalletCommand command) {
                        return wallets.decide(wallet, command);
                    }

                    @Override
                    public Wallet evolve(Wallet wallet, WalletEvent event) {
                        if (wallet.changes() == 1) {
                            throw new IllegalStateException("a bug in evolve");
                        }
                        return wallets.evolve(wallet, event);
                    }
                });
        try (AllFrame allFrame = start(broken)) {
            allFrame.eventStore(WALLET)
                    .append("w", ExpectedVersion.any(),
                            List.of(new WalletEvent.WasPut(BigDecimal.TEN, "a"),
                                    new WalletEvent.WasPut(BigDecimal.TEN, "b")))
                    .toCompletableFuture()
                    .join();

            CommandError error = errorOf(allFrame.commands().dispatchAndWait(broken, "w", put(1), PATIENT));

            assertThat(error).isInstanceOf(CommandError.Unreadable.class);
            assertThat(error.message()).contains("event 'wallet.put' version 1 cannot be read", "a bug in evolve");
        }
    }
}
