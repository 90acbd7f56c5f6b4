package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Health.Part;
import dev.allframe.runtime.Health.Status;
import dev.allframe.store.StreamId;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a node says of itself, and that it says so whatever has failed or ended. */
@Guarantee("G10")
final class HealthTest {

    private static AllFrame standalone(String hocon) {
        return AllFrame.standalone("health", ConfigFactory.parseString(hocon).withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .start();
    }

    private static Part part(AllFrame allFrame, Kind kind) {
        return allFrame.health().parts().stream().filter(part -> part.kind() == kind).findFirst().orElseThrow();
    }

    @Test
    void a_store_that_is_full_takes_no_changes_until_there_is_room() {
        try (AllFrame full = standalone("inmemory.max-events = 1\nallframe.storage = memory")) {
            assertThat(full.health().isUp()).isTrue();
            assertThat(full.health()).hasToString("UP");
            assertThat(full.health().parts()).extracting(Part::name).containsExactly("memory", "wallet", "cluster");
            full.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
            full.commands().dispatchAndWait(WALLET, "w", put(1));

            Part storage = part(full, Kind.STORAGE);
            assertThat(storage.status()).isEqualTo(Status.DEGRADED);
            assertThat(storage.reason()).contains("maxEvents=1");
            assertThat(storage.since()).isNotNull();
            assertThat(full.health().troubles()).containsExactly(storage);
            assertThat(full.health().toString()).startsWith("DEGRADED: STORAGE memory is DEGRADED since ");

            full.backend().deleteEventsTo(StreamId.of("wallet", "w"), 1).toCompletableFuture().join();
            full.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
            assertThat(full.health().isUp()).isTrue();
        }
    }

    @Test
    void a_journal_that_cannot_be_asked_is_as_instances_find_it() {
        HeldJournal.reset();
        CompletableFuture<Void> journal = HeldJournal.hold();
        try (AllFrame allFrame = standalone(HeldJournal.CONFIG
                + "allframe.restart-backoff { min = 10ms, max = 10ms }")) {
            assertThat(allFrame.health().isUp()).isTrue();
            journal.completeExceptionally(new IllegalStateException());
            allFrame.commands().dispatchAndWait(WALLET, "w", put(1));

            Part writing = part(allFrame, Kind.STORAGE);
            assertThat(writing.name()).isEqualTo("held-journal");
            assertThat(writing.status()).isEqualTo(Status.DEGRADED);
            assertThat(writing.reason()).contains("wallet|w").contains("IllegalStateException").doesNotContain("null");

            HeldJournal.letPass();
            allFrame.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
            assertThat(allFrame.health().isUp()).isTrue();

            HeldJournal.recoveriesFail(true);
            assertThat(allFrame.commands().dispatchAndWait(WALLET, "x", put(1)))
                    .isInstanceOf(CommandResult.Failed.class);
            assertThat(part(allFrame, Kind.STORAGE).reason()).contains("wallet|x cannot be recovered");
            HeldJournal.recoveriesFail(false);
            await().until(() -> allFrame.commands()
                    .dispatchAndWait(WALLET, "x", put(1)) instanceof CommandResult.Accepted);
            assertThat(allFrame.health().isUp()).isTrue();
        }
    }

    @Test
    void a_node_that_was_closed_says_so() {
        AllFrame closed = standalone("allframe.storage = memory");
        closed.close();

        assertThat(closed.health().status()).isEqualTo(Status.DOWN);
        assertThat(part(closed, Kind.HOST).reason()).isEqualTo("its host has stopped");
        assertThat(part(closed, Kind.STORAGE).reason()).contains("is closed");
    }
}
