package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.CommandResult.Accepted;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.command.CommandResult.Refused;
import dev.allframe.command.ValidationError;
import dev.allframe.runtime.Wallets.Wallet;
import dev.allframe.runtime.Wallets.WalletCommand;
import dev.allframe.runtime.Wallets.WalletCommand.Exchange;
import dev.allframe.runtime.Wallets.WalletCommand.Explode;
import dev.allframe.runtime.Wallets.WalletCommand.Put;
import dev.allframe.runtime.Wallets.WalletCommand.Take;
import dev.allframe.runtime.Wallets.WalletCommand.Touch;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.Wallets.WalletEvent.WasPut;
import dev.allframe.runtime.Wallets.WalletEvent.WasTaken;
import dev.allframe.runtime.Wallets.Where;
import dev.allframe.store.ExpectedVersion;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a command bus promises, on whatever host and journal: subclasses name them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CommandBusConformance {

    /** A wallet of another name, which remembers refusals too. */
    static final AggregateType<WalletCommand, WalletEvent, Wallet> SAFE = AggregateType
            .named("safe", WalletCommand.class, WalletEvent.class, Wallet.class, new Wallets())
            .rememberRefusals();

    /** As Pekko does with messages from another node, and with all of them where it is told to. */
    private static final Config EVERY_MESSAGE_IS_SERIALIZED = ConfigFactory
            .parseString("pekko.actor.serialize-messages = on");

    private final Config config;
    private AllFrame allFrame;

    CommandBusConformance(Config config) {
        this.config = EVERY_MESSAGE_IS_SERIALIZED.withFallback(config);
        this.allFrame = start();
    }

    private AllFrame start() {
        return AllFrame.standalone("conformance", config).aggregate(WALLET).aggregate(SAFE).start();
    }

    @BeforeAll
    void hostIsReady() {
        CommandOptions patient = CommandOptions.none().within(Duration.ofSeconds(30));
        assertThat(allFrame.commands().dispatchAndWait(WALLET, "ready", put(1), patient)).isInstanceOf(Accepted.class);
    }

    @AfterAll
    void close() {
        allFrame.close();
    }

    AllFrame allFrame() {
        return allFrame;
    }

    static Put put(long amount) {
        return new Put(BigDecimal.valueOf(amount), "note");
    }

    static WasPut wasPut(long amount) {
        return new WasPut(BigDecimal.valueOf(amount), "note");
    }

    static Take take(long amount) {
        return new Take(BigDecimal.valueOf(amount));
    }

    static String newId() {
        return "w-" + UUID.randomUUID();
    }

    CommandResult<WalletEvent> send(String id, WalletCommand command) {
        return allFrame.commands().dispatchAndWait(WALLET, id, command);
    }

    CommandResult<WalletEvent> send(String id, WalletCommand command, CommandOptions options) {
        return allFrame.commands().dispatchAndWait(WALLET, id, command, options);
    }

    private static CommandError errorOf(CommandResult<?> result) {
        assertThat(result).isInstanceOf(Failed.class);
        return ((Failed<?>) result).error();
    }

    @Test
    void an_accepted_command_tells_its_events_its_version_and_a_token() {
        String id = newId();

        Accepted<WalletEvent> first = send(id, put(5)).orThrow();
        Accepted<WalletEvent> second = send(id, new Exchange(BigDecimal.TWO, BigDecimal.ONE)).orThrow();

        assertThat(first.events()).containsExactly(wasPut(5));
        assertThat(first.sequenceNr()).isEqualTo(1);
        assertThat(second.events()).containsExactly(new WasTaken(BigDecimal.TWO),
                new WasPut(BigDecimal.ONE, "exchange"));
        assertThat(second.sequenceNr()).isEqualTo(3);
        assertThat(second.token().sequenceNr()).isEqualTo(3);
        assertThat(second.token().stream().value()).isEqualTo("wallet|" + id);
        assertThat(second.token().storeId()).isNotEmpty().isEqualTo(first.token().storeId());
    }

    @Test
    void a_refusal_is_a_value_and_stores_nothing() {
        String id = newId();
        send(id, put(5));

        CommandResult<WalletEvent> refused = send(id, take(6));

        assertThat(refused)
                .isEqualTo(new Refused<WalletEvent>("too-little", "", Map.of("amount", "5", "changes", "1")));
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(2);
    }

    @Test
    void a_command_that_changes_nothing_is_accepted_without_events() {
        String id = newId();

        assertThat(send(id, new Touch()).orThrow().sequenceNr()).isZero();
        send(id, put(1));
        assertThat(send(id, new Touch()).orThrow().events()).isEmpty();
        assertThat(send(id, new Touch()).orThrow().sequenceNr()).isEqualTo(1);
    }

    @Guarantee("G5")
    @Test
    void a_repeated_command_id_returns_the_first_outcome_and_stores_nothing() {
        String id = newId();
        Accepted<WalletEvent> first = send(id, new Exchange(BigDecimal.TWO, BigDecimal.TEN), withCommandId("c-1"))
                .orThrow();
        send(id, put(1));

        Accepted<WalletEvent> again = send(id, new Exchange(BigDecimal.TWO, BigDecimal.TEN), withCommandId("c-1"))
                .orThrow();

        assertThat(again).isEqualTo(first);
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(4);
    }

    @Guarantee("G5")
    @Test
    void a_repeat_is_recognised_before_the_expected_version_is_looked_at() {
        String id = newId();
        CommandOptions options = withCommandId("c-1").expecting(ExpectedVersion.noStream());
        Accepted<WalletEvent> first = send(id, put(1), options).orThrow();

        assertThat(send(id, put(1), options)).isEqualTo(first);
    }

    @Guarantee("G5")
    @Test
    void a_command_id_with_another_payload_is_a_typed_error() {
        String id = newId();
        send(id, put(1), withCommandId("c-1"));

        CommandError error = errorOf(send(id, put(2), withCommandId("c-1")));

        assertThat(error).isEqualTo(new CommandError.IdempotencyConflict("c-1"));
        assertThat(error.retryable()).isFalse();
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(2);
    }

    @Test
    void the_window_forgets_the_oldest_command() {
        String id = newId();
        for (int i = 0; i < 4; i++) {
            send(id, put(1), withCommandId("c-" + i)).orThrow();
        }

        assertThat(send(id, put(1), withCommandId("c-1")).orThrow().sequenceNr()).as("remembered").isEqualTo(2);
        assertThat(send(id, put(1), withCommandId("c-0")).orThrow().sequenceNr()).as("forgotten, so executed again")
                .isEqualTo(5);
    }

    private CommandResult<WalletEvent> sendSafe(String id, WalletCommand command, String commandId) {
        return allFrame.commands().dispatchAndWait(SAFE, id, command, withCommandId(commandId));
    }

    @Guarantee("G5")
    @Test
    void a_remembered_refusal_is_given_again_whatever_has_happened_since() {
        String id = newId();
        CommandResult<WalletEvent> refused = sendSafe(id, take(6), "t-1");
        sendSafe(id, put(10), "p-1");

        assertThat(refused).isInstanceOf(Refused.class);
        assertThat(sendSafe(id, take(6), "t-1")).isEqualTo(refused);
        assertThat(sendSafe(id, take(6), "t-2").orThrow().sequenceNr()).as("behind a refusal and a put").isEqualTo(3);
        assertThat(errorOf(sendSafe(id, take(5), "t-1"))).isEqualTo(new CommandError.IdempotencyConflict("t-1"));
    }

    @Guarantee("G5")
    @Test
    void a_remembered_command_that_changed_nothing_has_the_same_outcome_again() {
        String id = newId();
        CommandResult<WalletEvent> first = sendSafe(id, new Touch(), "t-1");
        sendSafe(id, put(10), "p-1");

        assertThat(sendSafe(id, new Touch(), "t-1")).isEqualTo(first);
        assertThat(first.orThrow().events()).isEmpty();
        assertThat(first.orThrow().sequenceNr()).as("its record has a number").isEqualTo(1);
    }

    private CommandResult<WalletEvent> voidCommand(String id, String commandId) {
        return allFrame.commands().voidCommand(WALLET, id, commandId).toCompletableFuture().join();
    }

    @Guarantee("G5")
    @Test
    void a_command_that_arrives_after_its_id_was_declared_void_is_not_executed() {
        String id = newId();

        assertThat(errorOf(voidCommand(id, "c-1"))).isEqualTo(new CommandError.Voided("c-1"));

        assertThat(errorOf(send(id, put(1), withCommandId("c-1")))).isEqualTo(new CommandError.Voided("c-1"));
        assertThat(errorOf(voidCommand(id, "c-1"))).isEqualTo(new CommandError.Voided("c-1"));
        assertThat(send(id, take(1))).as("nothing was put").isInstanceOf(Refused.class);
        assertThat(send(id, put(1), withCommandId("c-2")).orThrow().sequenceNr()).as("one record for the void id")
                .isEqualTo(2);
    }

    @Guarantee("G5")
    @Test
    void to_declare_the_id_of_an_executed_command_void_gives_its_outcome() {
        String id = newId();
        CommandResult<WalletEvent> first = send(id, put(5), withCommandId("c-1"));

        assertThat(voidCommand(id, "c-1")).isEqualTo(first);

        assertThat(send(id, put(5), withCommandId("c-1"))).isEqualTo(first);
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(2);
    }

    @Guarantee("G5")
    @Test
    void a_command_and_its_voiding_at_once_have_one_outcome() {
        for (int round = 0; round < 20; round++) {
            String id = newId();
            CompletionStage<CommandResult<WalletEvent>> sent = allFrame.commands()
                    .dispatch(WALLET, id, put(5), withCommandId("c-1"));
            CompletionStage<CommandResult<WalletEvent>> voided = allFrame.commands().voidCommand(WALLET, id, "c-1");

            CommandResult<WalletEvent> outcome = sent.toCompletableFuture().join();
            assertThat(voided.toCompletableFuture().join()).isEqualTo(outcome);
            assertThat(send(id, put(5), withCommandId("c-1"))).isEqualTo(outcome);
        }
    }

    @Test
    void what_cannot_be_declared_void_is_refused() {
        assertThatThrownBy(() -> allFrame.commands().voidCommand(WALLET, "w", CommandOptions.none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name the command id");
        assertThatThrownBy(() -> allFrame.commands().voidCommand(WALLET.rememberCommands(0), "w", "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("remembers no command ids");
        assertThat(errorOf(voidCommand("a|b", "c"))).isInstanceOf(CommandError.Validation.class);
    }

    @Guarantee("G5")
    @Test
    void a_repeat_that_is_older_than_what_is_remembered_is_refused_where_it_says_its_age() {
        String id = newId();
        Instant issued = Instant.now();
        send(id, put(1), withCommandId("c-0").issuedAt(issued)).orThrow();
        for (int i = 1; i < 4; i++) {
            send(id, put(1), withCommandId("c-" + i)).orThrow();
        }

        CommandError error = errorOf(send(id, put(1), withCommandId("c-0").issuedAt(issued)));

        assertThat(error).isInstanceOfSatisfying(CommandError.WindowExpired.class, expired -> {
            assertThat(expired.commandId()).isEqualTo("c-0");
            assertThat(expired.issuedAt()).isEqualTo(issued.truncatedTo(ChronoUnit.MILLIS));
            assertThat(expired.windowBegins()).isAfterOrEqualTo(expired.issuedAt());
        });
        assertThat(error.retryable()).isFalse();
        CommandError voiding = errorOf(allFrame.commands()
                .voidCommand(WALLET, id, withCommandId("c-0").issuedAt(issued))
                .toCompletableFuture()
                .join());
        assertThat(voiding).isInstanceOf(CommandError.WindowExpired.class);
        assertThat(send(id, put(1), withCommandId("c-3").issuedAt(issued)).orThrow().sequenceNr())
                .as("still remembered")
                .isEqualTo(4);
        assertThat(send(id, put(1), withCommandId("c-4").issuedAt(Instant.now().plusSeconds(1))).orThrow()
                .sequenceNr()).as("a new one").isEqualTo(5);
    }

    @Guarantee("G4")
    @Test
    void an_unexpected_version_is_a_typed_conflict() {
        String id = newId();
        send(id, put(1));

        CommandError error = errorOf(send(id, put(1), CommandOptions.none().expecting(ExpectedVersion.exactly(7))));

        assertThat(error.message()).isEqualTo("stream=wallet|" + id + " expected=7 actual=1");
        assertThat(error).isInstanceOf(CommandError.VersionConflict.class);
        assertThat(send(id, put(1), CommandOptions.none().expecting(ExpectedVersion.exactly(1))).orThrow().sequenceNr())
                .isEqualTo(2);
    }

    @Test
    void all_violations_of_a_command_are_reported_at_once() {
        CommandError error = errorOf(send(newId(), new Put(BigDecimal.valueOf(-1), " ")));

        assertThat(error).isEqualTo(new CommandError.Validation(
                List.of(new ValidationError("amount", "must be greater than 0", "Positive", "-1"),
                        new ValidationError("note", "must not be blank", "NotBlank", " "))));
    }

    @Test
    void ids_that_are_empty_or_contain_a_bar_are_refused() {
        assertThat(errorOf(send("", put(1)))).isInstanceOf(CommandError.Validation.class);
        assertThat(errorOf(send("a|b", put(1)))).isInstanceOf(CommandError.Validation.class);
    }

    /** As the name of an actor, such an id would be that of another instance. */
    @Guarantee("G2")
    @Test
    void ids_with_unpaired_surrogates_are_refused() {
        for (String id : List.of("a\uD800", "\uDC00a", "\uDC00\uD800")) {
            assertThat(errorOf(send(id, put(1)))).isEqualTo(new CommandError.Validation(List.of(
                    new ValidationError("id", "must not have an unpaired surrogate", "InstanceId", id))));
        }
    }

    @Test
    void any_other_text_is_an_id() {
        for (String id : List.of(" ", "ä/ö?#%", "日本", "a b", "../x", "😀", "x".repeat(500))) {
            assertThat(send(id, put(1)).orThrow().token().stream().entityId()).isEqualTo(id);
        }
    }

    @Test
    void an_aggregate_that_is_not_registered_is_a_typed_error() {
        AggregateType<WalletCommand, WalletEvent, Wallet> other = AggregateType.named("purse", WalletCommand.class,
                WalletEvent.class, Wallet.class,
                new Wallets());

        CommandResult<WalletEvent> result = allFrame.commands().dispatchAndWait(other, "1", put(1));

        assertThat(errorOf(result)).isEqualTo(new CommandError.UnknownAggregate("purse"));
    }

    @Guarantee("G2")
    @Test
    void an_aggregate_that_throws_fails_its_command_and_nothing_else() {
        String id = newId();
        send(id, put(1));

        for (Where where : Where.values()) {
            CommandError error = errorOf(send(id, new Explode(where)));
            assertThat(error).as(where.name()).isInstanceOf(CommandError.HandlerFailed.class);
        }
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(2);
    }

    @Test
    void commands_from_one_thread_are_decided_in_the_order_in_which_they_were_sent() {
        String id = newId();
        List<CompletionStage<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            results.add(allFrame.commands().dispatch(WALLET, id, put(i)));
        }

        for (int i = 1; i <= 500; i++) {
            Accepted<WalletEvent> accepted = results.get(i - 1).toCompletableFuture().join().orThrow();
            assertThat(accepted.sequenceNr()).isEqualTo(i);
            assertThat(accepted.events()).containsExactly(wasPut(i));
        }
    }

    @Guarantee("G5")
    @Test
    void a_hundred_repeats_at_once_are_one_execution() {
        String id = newId();

        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(allFrame.commands().dispatch(WALLET, id, put(7), withCommandId("once")).toCompletableFuture());
        }

        assertThat(results).extracting(CompletableFuture::join).containsOnly(results.getFirst().join());
        assertThat(send(id, put(1)).orThrow().sequenceNr()).isEqualTo(2);
    }

    /** More callbacks than an actor system has threads wait at once. */
    @Test
    void callbacks_of_dispatches_may_dispatch_and_wait() {
        List<CompletableFuture<Long>> waited = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waited.add(allFrame.commands()
                    .dispatch(WALLET, newId(), put(1), withCommandId("c"))
                    .thenApply(done -> send(newId(), put(2)).orThrow().sequenceNr())
                    .toCompletableFuture());
        }

        assertThat(CompletableFuture.allOf(waited.toArray(CompletableFuture<?>[]::new)))
                .succeedsWithin(Duration.ofSeconds(30));
        assertThat(waited).extracting(CompletableFuture::join).containsOnly(1L);
    }
}
