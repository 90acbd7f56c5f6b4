package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.WalletCommand.Exchange;
import dev.allframe.runtime.Wallets.WalletCommand.Explode;
import dev.allframe.runtime.Wallets.WalletCommand.Touch;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.Wallets.Where;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong or ends, a dispatch gets its result, and long before its time limit. */
@Guarantee("G10")
final class EveryCommandIsAnsweredTest {

    private static final CommandOptions PATIENT = CommandOptions.none().within(Duration.ofHours(1));
    private static final StreamId WALLET_W = StreamId.of("wallet", "w");

    private static AllFrame standalone(String hocon) {
        return AllFrame.standalone("answers", ConfigFactory.parseString(hocon).withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .start();
    }

    private static List<CompletableFuture<CommandResult<WalletEvent>>> flood(AllFrame allFrame, int commands) {
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < commands; i++) {
            results.add(allFrame.commands().dispatch(WALLET, "w" + i % 100, put(1), PATIENT).toCompletableFuture());
        }
        return results;
    }

    private static List<CommandResult<WalletEvent>> allOf(List<CompletableFuture<CommandResult<WalletEvent>>> results)
            throws Exception {
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
        return results.stream().map(CompletableFuture::join).toList();
    }

    private static CommandError errorOf(CommandResult<WalletEvent> result) {
        assertThat(result).isInstanceOf(CommandResult.Failed.class);
        return ((CommandResult.Failed<WalletEvent>) result).error();
    }

    private static CommandResult<WalletEvent> send(AllFrame allFrame, String id) throws Exception {
        return allFrame.commands()
                .dispatch(WALLET, id, put(1), PATIENT)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allframe.passivate-after = 2m", "allframe.passivate-after = 4ms"})
    void closing_finishes_what_is_under_way(String passivation) throws Exception {
        AllFrame closing = standalone(passivation);
        List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(closing, 8_000);

        closing.close();

        assertThat(allOf(results)).allSatisfy(result -> assertThat(result).isInstanceOf(CommandResult.Accepted.class));
    }

    @Test
    void dispatches_beside_a_close_are_answered_too() throws Exception {
        AllFrame closing = standalone("");
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        Thread close = new Thread(closing::close);
        flood(closing, 100);
        close.start();
        while (close.isAlive()) {
            results.addAll(flood(closing, 10));
        }

        assertThat(allOf(results)).isNotEmpty();
    }

    @Test
    void an_actor_system_that_ends_takes_no_answer_with_it() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ends",
                ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));
        AllFrame embedded = AllFrame.on(system).aggregate(WALLET).start();
        List<CompletableFuture<CommandResult<WalletEvent>>> results = flood(embedded, 8_000);

        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);

        assertThat(allOf(results)).allSatisfy(result -> assertThat(result instanceof CommandResult.Accepted
                || errorOf(result) instanceof CommandError.NoAnswer
                || errorOf(result) instanceof CommandError.ShuttingDown
                || errorOf(result) instanceof CommandError.StorageUnavailable).as(result.toString()).isTrue());
        CommandError late = errorOf(send(embedded, "late"));
        assertThat(late).isInstanceOf(CommandError.ShuttingDown.class);
        assertThat(late.retryable()).as("it was surely not executed").isTrue();
        embedded.close();
    }

    @ParameterizedTest
    @EnumSource(value = Where.class, names = {"ASSERTION", "STACK"})
    void an_error_of_the_aggregate_is_the_failure_of_its_command(Where where) throws Exception {
        try (AllFrame allFrame = standalone("")) {
            CommandResult<WalletEvent> exploded = allFrame.commands()
                    .dispatch(WALLET, "w", new Explode(where), PATIENT)
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);

            assertThat(errorOf(exploded)).isInstanceOf(CommandError.HandlerFailed.class);
            assertThat(send(allFrame, "w")).isInstanceOf(CommandResult.Accepted.class);
        }
    }

    @Guarantee("G9")
    @ParameterizedTest
    @ValueSource(strings = {"wallet.unknown {}", "wallet.put {\"amount\":\"1\"}", "wallet.put nonsense",
            "wallet.exploded {\"fuse\":{\"whileEvolving\":true}}"})
    void a_stored_event_that_cannot_be_read_is_a_typed_error_at_once(String stored) throws Exception {
        String type = stored.substring(0, stored.indexOf(' '));
        byte[] json = stored.substring(stored.indexOf(' ') + 1).getBytes(StandardCharsets.UTF_8);
        try (AllFrame allFrame = standalone("")) {
            allFrame.backend()
                    .append(new Append(WALLET_W, ExpectedVersion.any(), "another deployment",
                            List.of(Envelope.of(type, 1, Payload.json(json), Set.of(),
                                    EventMetadata.at(Instant.EPOCH), null))))
                    .toCompletableFuture()
                    .join();

            for (int i = 0; i < 3; i++) {
                CommandError error = errorOf(send(allFrame, "w"));
                assertThat(error).isInstanceOf(CommandError.Unreadable.class);
                assertThat(error.message())
                        .startsWith("stream=wallet|w: event '" + type + "' version 1 cannot be read");
                assertThat(error.retryable()).isFalse();
            }
            assertThat(allFrame.backend().highestSequenceNr(WALLET_W).toCompletableFuture().join()).isEqualTo(1);
        }
    }

    @Guarantee("G9")
    @Test
    void a_snapshot_of_another_version_without_the_events_before_it_is_a_typed_error_at_once() throws Exception {
        try (AllFrame allFrame = standalone("")) {
            byte[] json = """
                    {"v":1,"type":"wallet.state","version":9,"state":{},"commands":[]}"""
                    .getBytes(StandardCharsets.UTF_8);
            allFrame.backend()
                    .saveSnapshot(
                            new Snapshot(WALLET_W, 1, Instant.EPOCH, new Payload(46_002, "wallet.state", json), null))
                    .toCompletableFuture()
                    .join();

            CommandError error = errorOf(send(allFrame, "w"));

            assertThat(error).isInstanceOf(CommandError.Unreadable.class);
            assertThat(error.message()).contains("the first 1 records were deleted")
                    .contains("'wallet.state' version 9");
        }
    }

    @Test
    void stored_snapshots_are_read_where_no_more_are_taken() throws Exception {
        try (AllFrame allFrame = AllFrame.standalone("no-more").aggregate(WALLET.snapshotEvery(0)).start()) {
            byte[] json = """
                    {"v":1,"type":"wallet.state","version":1,"state":{"amount":"5","changes":1},"commands":[]}"""
                    .getBytes(StandardCharsets.UTF_8);
            allFrame.backend()
                    .saveSnapshot(
                            new Snapshot(WALLET_W, 0, Instant.EPOCH, new Payload(46_002, "wallet.state", json), null))
                    .toCompletableFuture()
                    .join();

            assertThat(allFrame.commands().dispatchAndWait(WALLET, "w", CommandBusConformance.take(5)))
                    .isInstanceOf(CommandResult.Accepted.class);
        }
    }

    @Test
    void what_a_stuck_instance_has_no_room_for_is_refused_and_what_has_expired_is_not_executed() throws Exception {
        HeldJournal.reset();
        CompletableFuture<Void> journal = HeldJournal.hold();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG + "allframe.max-in-flight = 20")) {
            List<CompletableFuture<CommandResult<WalletEvent>>> hasty = new ArrayList<>();
            List<CompletableFuture<CommandResult<WalletEvent>>> patient = new ArrayList<>();
            CompletableFuture<CommandResult<WalletEvent>> storing = allFrame.commands()
                    .dispatch(WALLET, "w", put(1), PATIENT)
                    .toCompletableFuture();
            await().until(HeldJournal::isHolding);
            for (int i = 0; i < 19; i++) {
                hasty.add(allFrame.commands()
                        .dispatch(WALLET, "w", put(1), CommandOptions.none().within(Duration.ofMillis(100)))
                        .toCompletableFuture());
            }
            assertThat(allOf(hasty)).allSatisfy(
                    result -> assertThat(errorOf(result)).isInstanceOf(CommandError.Timeout.class));
            for (int i = 0; i < 19; i++) {
                patient.add(allFrame.commands().dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture());
            }
            await().until(() -> patient.stream().filter(CompletableFuture::isDone).count() == 18);
            journal.complete(null);

            assertThat(storing.get(20, TimeUnit.SECONDS)).isInstanceOf(CommandResult.Accepted.class);
            List<CommandResult<WalletEvent>> ended = allOf(patient);
            assertThat(ended.stream().filter(CommandResult.Accepted.class::isInstance)).hasSize(1);
            assertThat(ended.stream()
                    .filter(new CommandResult.Failed<>(new CommandError.Overloaded(20))::equals)).hasSize(18);
            assertThat(HeldJournal.stored("wallet|w")).as("nothing that has expired").isEqualTo(2);
        }
    }

    @Test
    void a_recovery_that_fails_answers_who_waits_and_succeeds_when_it_can() throws Exception {
        HeldJournal.reset();
        HeldJournal.recoveriesFail(true);
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 10ms, max = 10ms }")) {
            CommandError error = errorOf(send(allFrame, "w"));
            HeldJournal.recoveriesFail(false);

            assertThat(error).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(error.message()).contains("bad disk");
            assertThat(error.retryable()).as("it was not executed").isTrue();
            await().until(() -> send(allFrame, "w") instanceof CommandResult.Accepted);
            assertThat(HeldJournal.stored("wallet|w")).as("the answered command was not executed later").isEqualTo(1);
        }
    }

    @Guarantee("G9")
    @Test
    void a_snapshot_that_is_none_is_not_tried_again_and_again() throws Exception {
        try (AllFrame allFrame = standalone("allframe.restart-backoff { min = 1h, max = 1h }")) {
            allFrame.backend()
                    .saveSnapshot(new Snapshot(WALLET_W, 1, Instant.EPOCH,
                            new Payload(46_002, "wallet.state", "nonsense".getBytes(StandardCharsets.UTF_8)), null))
                    .toCompletableFuture()
                    .join();

            for (int i = 0; i < 3; i++) {
                CommandError error = errorOf(send(allFrame, "w"));
                assertThat(error).isInstanceOf(CommandError.Unreadable.class);
                assertThat(error.message()).startsWith("stream=wallet|w ")
                        .contains("snapshot of 'wallet.state' cannot be read");
            }
        }
    }

    @Guarantee("G9")
    @Test
    void a_record_that_no_version_of_ours_has_stored_is_a_typed_error_at_once() throws Exception {
        HeldJournal.reset();
        HeldJournal.store("wallet|w", "a text");
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG + "allframe.restart-backoff { min = 1h, max = 1h }")) {
            for (int i = 0; i < 3; i++) {
                CommandError error = errorOf(send(allFrame, "w"));
                assertThat(error).isInstanceOf(CommandError.Unreadable.class);
                assertThat(error.message()).contains("java.lang.String");
            }
        }
    }

    @Test
    void who_comes_while_an_instance_rests_after_a_failed_recovery_is_answered_at_once() throws Exception {
        HeldJournal.reset();
        HeldJournal.recoveriesFail(true);
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 1h, max = 1h }")) {
            for (int i = 0; i < 3; i++) {
                assertThat(errorOf(send(allFrame, "w"))).isInstanceOf(CommandError.StorageUnavailable.class);
            }
        }
    }

    @Test
    void an_instance_that_cannot_be_recovered_can_be_stopped() throws Exception {
        HeldJournal.reset();
        HeldJournal.recoveriesFail(true);
        AllFrame allFrame = standalone(HeldJournal.CONFIG + "allframe.restart-backoff { min = 10ms, max = 10ms }");
        assertThat(errorOf(send(allFrame, "w"))).isInstanceOf(CommandError.StorageUnavailable.class);

        allFrame.close();

        assertThat(allFrame.system().getWhenTerminated().toCompletableFuture()).isCompleted();
    }

    @Test
    void a_recovery_that_fails_after_stop_was_asked_for_ends_the_instance() throws Exception {
        HeldJournal.reset();
        CompletableFuture<Void> recovery = HeldJournal.holdRecovery();
        AllFrame allFrame = standalone(HeldJournal.CONFIG + "allframe.restart-backoff { min = 1h, max = 1h }");
        CompletableFuture<CommandResult<WalletEvent>> waiting = allFrame.commands()
                .dispatch(WALLET, "w", put(1), PATIENT)
                .toCompletableFuture();
        await().until(HeldJournal::isHolding);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(allFrame::close);
        await().until(
                () -> allFrame.commands().dispatchAndWait(WALLET, "other", put(1)) instanceof CommandResult.Failed);

        recovery.completeExceptionally(new IllegalStateException("bad disk"));

        assertThat(errorOf(waiting.get(20, TimeUnit.SECONDS))).isInstanceOf(CommandError.StorageUnavailable.class);
        closing.get(20, TimeUnit.SECONDS);
    }

    @Test
    void what_waits_behind_a_write_that_fails_is_executed_after_it() throws Exception {
        HeldJournal.reset();
        CompletableFuture<Void> journal = HeldJournal.hold();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 10ms, max = 10ms }")) {
            CompletableFuture<CommandResult<WalletEvent>> storing = allFrame.commands()
                    .dispatch(WALLET, "w", new Exchange(BigDecimal.ONE, BigDecimal.ONE), PATIENT)
                    .toCompletableFuture();
            await().until(HeldJournal::isHolding);
            List<CompletableFuture<CommandResult<WalletEvent>>> behind = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                behind.add(allFrame.commands().dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture());
            }
            HeldJournal.letPass();
            journal.completeExceptionally(new IllegalStateException("bad disk"));

            assertThat(errorOf(storing.get(20, TimeUnit.SECONDS))).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(allOf(behind))
                    .allSatisfy(result -> assertThat(result).isInstanceOf(CommandResult.Accepted.class));
            assertThat(HeldJournal.stored("wallet|w")).isEqualTo(50);
        }
    }

    @Test
    void what_comes_while_a_write_is_rejected_is_executed_after_it() throws Exception {
        HeldJournal.reset();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 10ms, max = 10ms }")) {
            for (int round = 0; round < 20; round++) {
                HeldJournal.reject(true);
                CompletableFuture<CommandResult<WalletEvent>> rejected = allFrame.commands()
                        .dispatch(WALLET, "w", new Exchange(BigDecimal.ONE, BigDecimal.ONE), PATIENT)
                        .toCompletableFuture();
                List<CompletableFuture<CommandResult<WalletEvent>>> beside = new ArrayList<>();
                while (!rejected.isDone()) {
                    beside.add(allFrame.commands().dispatch(WALLET, "w", new Touch(), PATIENT).toCompletableFuture());
                }
                HeldJournal.reject(false);

                CommandError error = errorOf(rejected.join());
                assertThat(error).isInstanceOf(CommandError.Unwritable.class);
                assertThat(error.message()).contains("stream=wallet|w").contains("not for me");
                assertThat(allOf(beside)).allSatisfy(result -> assertThat(result)
                        .isInstanceOfAny(CommandResult.Accepted.class, CommandResult.Failed.class));
                assertThat(send(allFrame, "w")).isInstanceOf(CommandResult.Accepted.class);
            }
        }
    }

    @Guarantee("G4")
    @Test
    void a_writer_that_is_stale_on_a_database_is_told_so_reloads_and_goes_on() throws Exception {
        HeldJournal.reset();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 10ms, max = 10ms }")) {
            send(allFrame, "w");
            HeldJournal.storeAgain("wallet|w");

            CommandError error = errorOf(send(allFrame, "w"));

            assertThat(error).isInstanceOf(CommandError.AnotherWriter.class);
            assertThat(error.execution()).isEqualTo(CommandError.Execution.NOT_EXECUTED);
            assertThat(error.retryable()).isTrue();
            assertThat(error.message()).startsWith("stream=wallet|w: another writer")
                    .doesNotContainIgnoringCase("duplicate key")
                    .doesNotContain("event_journal");
            assertThat(HeldJournal.stored("wallet|w")).isEqualTo(2);
            assertThat(send(allFrame, "w").orThrow().sequenceNr()).as("behind the other writer").isEqualTo(3);
        }
    }

    @Test
    void what_a_breaker_keeps_back_was_not_executed() throws Exception {
        HeldJournal.reset();
        CompletableFuture<Void> journal = HeldJournal.hold();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG + """
                held-journal.circuit-breaker { max-failures = 1, call-timeout = 1h, reset-timeout = 1h }
                allframe.restart-backoff { min = 10ms, max = 10ms }
                """)) {
            journal.completeExceptionally(new IllegalStateException());
            CommandError first = errorOf(send(allFrame, "w"));
            CommandError innocent = errorOf(send(allFrame, "x"));

            assertThat(first).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(first.execution()).isEqualTo(CommandError.Execution.UNKNOWN);
            assertThat(first.retryable()).as("without an id").isFalse();
            assertThat(first.message()).contains("IllegalStateException").doesNotContain("null");
            assertThat(innocent).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(innocent.execution()).isEqualTo(CommandError.Execution.NOT_EXECUTED);
            assertThat(innocent.retryable()).isTrue();
            assertThat(innocent.message()).containsIgnoringCase("circuit breaker is open");
        }
    }

    @Test
    void thousands_that_wait_and_change_nothing_are_answered() throws Exception {
        HeldJournal.reset();
        CompletableFuture<Void> journal = HeldJournal.hold();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG)) {
            List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
            results.add(allFrame.commands().dispatch(WALLET, "w", put(1), PATIENT).toCompletableFuture());
            await().until(HeldJournal::isHolding);
            for (int i = 1; i < 10_000; i++) {
                results.add(allFrame.commands().dispatch(WALLET, "w", new Touch(), PATIENT).toCompletableFuture());
            }
            journal.complete(null);

            assertThat(allOf(results))
                    .allSatisfy(result -> assertThat(result).isInstanceOf(CommandResult.Accepted.class));
        }
    }
}
