package dev.allframe.runtime.saga;

import static dev.allframe.runtime.saga.Vaults.MOVE;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sagas with real actors, on the storage in memory. */
final class SagasTest {

    private static final AllFrame ALL_FRAME = AllFrame
            .standalone("sagas", ConfigFactory.parseString("allframe.storage = memory")
                    .withFallback(ConfigFactory.load()))
            .aggregate(VAULT)
            .saga(MOVE)
            .start();

    @BeforeAll
    static void open() {
        open("ann", 100);
        open("bob", 10);
    }

    private static void open(String id, long amount) {
        get(ALL_FRAME.commands().dispatch(VAULT, id, new VaultCommand.Open(amount))).orThrow();
    }

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static <A> A get(CompletionStage<A> stage) {
        return stage.toCompletableFuture().copy().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void a_saga_completes() {
        SagaHandle saga = get(ALL_FRAME.sagas().start(MOVE, "m-1", new Move("m-1", "ann", "bob", 5)));

        assertThat(get(saga.ended()).phase()).isEqualTo(SagaStatus.Phase.COMPLETED);
        assertThat(get(saga.history())).extracting(each -> each.record())
                .containsExactly("started", "step-begun", "step-done", "step-begun", "step-done", "step-begun",
                        "step-done", "completed");
        assertThat(ALL_FRAME.sagas().find(SagaQuery.all().of("move").in(SagaStatus.Phase.COMPLETED)).sagas())
                .extracting(SagaStatus::id)
                .contains("m-1");
    }

    @Test
    void a_saga_is_undone() {
        SagaHandle saga = get(ALL_FRAME.sagas().start(MOVE, "m-2", new Move("m-2", "ann", "nobody", 5)));

        SagaStatus end = get(saga.ended());
        assertThat(end.phase()).isEqualTo(SagaStatus.Phase.COMPENSATED);
        assertThat(end.reason()).startsWith("not-open");
    }

    @Test
    void a_start_is_seen_by_its_token() {
        SagaHandle saga = get(ALL_FRAME.sagas().start(MOVE, "m-3", new Move("m-3", "ann", "bob", 1_000)));

        assertThat(get(ALL_FRAME.sagas().find(SagaQuery.all(), saga.token(), Duration.ofSeconds(5))))
                .isInstanceOf(dev.allframe.projection.ViewAnswer.Seen.class);
        assertThat(get(saga.ended()).reason()).startsWith("not-enough");
    }
}
