package dev.allframe.runtime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.StoreClosedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a store is told when it does not answer. */
@Timeout(60)
final class StoreAnswerTest {

    @Test
    void an_answer_that_does_not_come_is_an_outage() {
        CompletableFuture<String> never = new CompletableFuture<>();

        assertThatThrownBy(() -> StoreAnswer.within(Duration.ofMillis(1), never, "the orders for view 'balances'"))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("the storage has not answered within PT0.001S when it was asked for the orders for view"
                        + " 'balances'");
        assertThat(never).as("it is the store's").isNotDone();
    }

    @Test
    void an_answer_and_a_failure_are_given_as_they_are() {
        StoreClosedException closed = new StoreClosedException("1");

        assertThat(StoreAnswer.of(CompletableFuture.completedFuture("here"), "it")).isEqualTo("here");
        assertThatThrownBy(() -> StoreAnswer.of(CompletableFuture.failedFuture(closed), "it"))
                .isInstanceOf(CompletionException.class)
                .hasCause(closed);
    }
}
