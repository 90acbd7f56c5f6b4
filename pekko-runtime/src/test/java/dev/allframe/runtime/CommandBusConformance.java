package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
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

    private final Config config;
    private AllFrame allFrame;

    CommandBusConformance(Config config) {
        this.config = config;
        this.allFrame = start();
    }

    private AllFrame start() {
        return AllFrame.standalone("conformance", config).aggregate(WALLET).start();
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
}
