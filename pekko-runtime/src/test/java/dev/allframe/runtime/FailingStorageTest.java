package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.wasPut;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.WalletCommand.Exchange;
import dev.allframe.runtime.Wallets.WalletCommand.Put;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

@Guarantee({"G2", "G10"})
final class FailingStorageTest {

    @Test
    void a_full_store_refuses_the_command_with_all_its_events_and_goes_on_when_there_is_room() {
        try (AllFrame full = AllFrame
                .standalone("full",
                        ConfigFactory.parseString("inmemory.max-events = 2\nallframe.storage = memory")
                                .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .start()) {
            full.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();

            CommandResult<WalletEvent> refused = full.commands()
                    .dispatchAndWait(WALLET, "w", new Exchange(BigDecimal.ONE, BigDecimal.ONE));
            CommandResult<WalletEvent> small = full.commands().dispatchAndWait(WALLET, "w", put(1));
            CommandResult<WalletEvent> none = full.commands().dispatchAndWait(WALLET, "w", put(1));
            full.backend().deleteEventsTo(StreamId.of("wallet", "w"), 1).toCompletableFuture().join();
            CommandResult<WalletEvent> again = full.commands().dispatchAndWait(WALLET, "w", put(1));

            assertThat(errorOf(refused).message()).contains("maxEvents=2");
            assertThat(errorOf(refused).retryable()).isTrue();
            assertThat(small.orThrow().sequenceNr()).as("neither of the two events was stored").isEqualTo(2);
            assertThat(errorOf(none)).isInstanceOf(CommandError.StorageUnavailable.class);
            assertThat(again.orThrow().sequenceNr()).isEqualTo(3);
        }
    }

    @Guarantee("G5")
    @Test
    void a_command_that_was_not_stored_is_not_remembered() {
        try (AllFrame full = AllFrame
                .standalone("full",
                        ConfigFactory.parseString("inmemory.max-events = 1\nallframe.storage = memory")
                                .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .start()) {
            full.commands().dispatchAndWait(WALLET, "other", put(1)).orThrow();
            CommandResult<WalletEvent> refused = full.commands()
                    .dispatchAndWait(WALLET, "w", put(1), withCommandId("c-1"));
            full.backend().deleteEventsTo(StreamId.of("wallet", "other"), 1).toCompletableFuture().join();

            CommandResult<WalletEvent> retried = full.commands()
                    .dispatchAndWait(WALLET, "w", put(1), withCommandId("c-1"));

            assertThat(errorOf(refused).retryable()).isTrue();
            assertThat(retried.orThrow().events()).containsExactly(wasPut(1));
        }
    }

    @Test
    void a_record_over_the_limit_is_never_stored_whether_it_is_sent_again_or_not() {
        try (AllFrame narrow = AllFrame
                .standalone("narrow",
                        ConfigFactory.parseString("inmemory.max-record-size = 300B\nallframe.storage = memory")
                                .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .start()) {
            Put large = new Put(BigDecimal.ONE, "x".repeat(1_000));
            for (CommandOptions options : List.of(CommandOptions.none(), withCommandId("c-1"),
                    withCommandId("c-1"))) {
                CommandError error = errorOf(narrow.commands().dispatchAndWait(WALLET, "w", large, options));

                assertThat(error).isInstanceOf(CommandError.Unwritable.class);
                assertThat(error.execution()).isEqualTo(CommandError.Execution.NOT_EXECUTED);
                assertThat(error.retryable()).isFalse();
                assertThat(error.message()).contains("stream=wallet|w").contains("limitBytes=300");
            }
            assertThat(narrow.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow().sequenceNr()).isEqualTo(1);
        }
    }

    private static CommandError errorOf(CommandResult<WalletEvent> result) {
        assertThat(result).isInstanceOf(CommandResult.Failed.class);
        return ((CommandResult.Failed<WalletEvent>) result).error();
    }
}
