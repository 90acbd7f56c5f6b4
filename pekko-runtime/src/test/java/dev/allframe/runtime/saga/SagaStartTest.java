package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.MOVE;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.evolution.UnreadableStoreException;
import dev.allframe.runtime.saga.CutStore.Node;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.Vault;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which sagas can be registered, and which code may start over sagas that have not ended. */
final class SagaStartTest {

    private static final Instant NEVER = Instant.parse("2999-01-01T00:00:00Z");

    private static final SagaType<Move> SLEEPER = SagaType.named("sleeper", version(1), Move.class)
            .step("sleep", sleepUntil(m -> NEVER), nothingToUndo());

    private static AllFrame.Builder on(String store) {
        new Node(store, stream -> "");
        return AllFrame.standalone("start", ConfigFactory.parseString(CutStore.config(store, store))
                .withFallback(ConfigFactory.load())).aggregate(VAULT);
    }

    private static void assertProblems(AllFrame.Builder builder, String... problems) {
        assertThatThrownBy(builder::start).isInstanceOfSatisfying(InvalidDomainException.class,
                invalid -> assertThat(invalid.problems()).containsExactlyInAnyOrder(problems));
    }

    @Test
    void what_is_wrong_with_definitions_is_told_at_once() {
        String store = UUID.randomUUID().toString();
        AggregateType<VaultCommand, VaultEvent, Vault> forgetful = AggregateType
                .named("forgetful", VaultCommand.class, VaultEvent.class, Vault.class, new Vaults.Rules());
        AggregateType<VaultCommand, VaultEvent, Vault> saga = AggregateType.named("saga", VaultCommand.class,
                VaultEvent.class, Vault.class, new Vaults.Rules());
        AggregateType<VaultCommand, VaultEvent, Vault> unknown = AggregateType.named("unknown", VaultCommand.class,
                VaultEvent.class, Vault.class, new Vaults.Rules());
        ProjectionType<String, SagaRow> view = ProjectionType
                .named(SagaViews.SAGAS, version(1), String.class, SagaRow.class)
                .from(VAULT, (event, info) -> Change.none());
        SagaType<Move> sends = SagaType.named("sends", version(1), Move.class)
                .step("forget", command(forgetful, Move::from, m -> new VaultCommand.Release(m.id())), nothingToUndo())
                .step("miss", command(unknown, Move::from, m -> new VaultCommand.Release(m.id())), nothingToUndo());

        assertProblems(on(store).aggregate(saga)
                .aggregate(forgetful.rememberCommands(0))
                .projection(view)
                .saga(SLEEPER)
                .saga(SLEEPER)
                .saga(SagaType.named("empty", version(1), Move.class))
                .saga(sends),
                "two sagas are named 'sleeper' and have version 1", "saga 'empty' has no steps: add .step(…)",
                "saga 'sends' step 'forget' sends commands to 'forgetful', which has rememberCommands(0): a repeat"
                        + " would be executed twice",
                "saga 'sends' step 'miss' sends commands to 'unknown', which is not registered: add .aggregate(…)",
                "an aggregate is named 'saga', which is the name of all sagas: give it another name",
                "a view or reaction is named 'sagas', which sagas need for themselves: give it another name");
    }

    /** A context that has lost what it had. */
    @Stored("context")
    record Other(List<String> from) {}

    @Test
    void code_that_lacks_something_does_not_start_over_unfinished_sagas() {
        String store = UUID.randomUUID().toString();
        try (AllFrame first = on(store).saga(SLEEPER).saga(MOVE).start()) {
            for (int i = 0; i < 12; i++) {
                first.sagas().start(SLEEPER, "s-" + i, new Move("s-" + i, "a", "b", 1)).toCompletableFuture().join();
            }
            first.sagas()
                    .start(MOVE, "ended", new Move("ended", "a", "b", 1))
                    .thenCompose(saga -> saga.ended())
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }

        assertThatThrownBy(() -> on(store).saga(MOVE).start()).isInstanceOf(UnreadableStoreException.class)
                .hasMessageContaining("saga 'sleeper' version 1, which is not registered: keep it until its sagas have"
                        + " ended, is needed by 12 unfinished sagas: sleeper/s-0, ")
                .hasMessageContaining(", …");
        SagaType<Move> newer = SagaType.named("sleeper", version(2), Move.class)
                .step("sleep", sleepUntil(m -> NEVER), nothingToUndo());
        assertThatThrownBy(() -> on(store).saga(newer).start()).isInstanceOf(UnreadableStoreException.class)
                .hasMessageContaining("saga 'sleeper' version 1, which is not registered");
        SagaType<Move> changed = SLEEPER.step("more", sleepUntil(m -> NEVER), nothingToUndo());
        assertThatThrownBy(() -> on(store).saga(changed).start()).isInstanceOf(UnreadableStoreException.class)
                .hasMessageContaining("saga 'sleeper' version 1 with the steps that it had (they were changed under the"
                        + " same version; give the changed steps another version) is needed by 12 unfinished sagas");
        SagaType<Other> unreadable = SagaType.named("sleeper", version(1), Other.class)
                .step("sleep", sleepUntil(m -> NEVER), nothingToUndo());
        assertThatThrownBy(() -> on(store).saga(unreadable).start()).isInstanceOf(UnreadableStoreException.class)
                .hasMessageContaining("a way to read the stored context of saga 'sleeper' version 1");

        try (AllFrame next = on(store).saga(newer).saga(SLEEPER).start()) {
            assertThat(next.sagas().describe()).extracting(each -> each.definition() + " " + each.version() + " "
                    + each.registered() + " " + each.sagas())
                    .containsExactly("move 1 false {COMPENSATED=1}", "sleeper 1 true {RUNNING=12}",
                            "sleeper 2 true {}");
        }
    }

    @Test
    void without_sagas_there_is_nobody_to_ask() {
        try (AllFrame none = on(UUID.randomUUID().toString()).start()) {
            assertThatThrownBy(none::sagas).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("add .saga(…)");
        }
    }
}
