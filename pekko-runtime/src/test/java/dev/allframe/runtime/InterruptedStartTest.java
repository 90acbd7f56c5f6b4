package dev.allframe.runtime;

import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.command.CommandResult;
import java.math.BigDecimal;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starting, sending and closing on an interrupted thread, which stays interrupted. */
final class InterruptedStartTest {

    @AfterEach
    void calm() {
        Thread.interrupted();
    }

    private static <T> T interrupted(Supplier<T> call) {
        Thread.currentThread().interrupt();
        T result = call.get();
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        return result;
    }

    private static final AggregateType<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> PURSE = AggregateType
            .named("purse", Wallets.WalletCommand.class, Wallets.WalletEvent.class, Wallets.Wallet.class,
                    new Wallets());

    @Test
    void all_frame_starts_answers_and_closes_on_an_interrupted_thread() {
        AllFrame allFrame = interrupted(() -> AllFrame.standalone("interrupted", ConfigFactory.load())
                .aggregate(WALLET)
                .start());
        var result = interrupted(() -> allFrame.commands()
                .dispatchAndWait(WALLET, "w", new Wallets.WalletCommand.Put(BigDecimal.ONE, "one")));
        assertThat(result).isInstanceOf(CommandResult.Accepted.class);
        assertThat(interrupted(() -> allFrame.behavior(WALLET, "own"))).as("of a type that is known").isNotNull();
        assertThat(interrupted(() -> allFrame.behavior(PURSE, "own"))).as("of a type that is checked").isNotNull();
        assertThat(interrupted(() -> {
            allFrame.close();
            return allFrame.system().getWhenTerminated().toCompletableFuture().isDone();
        })).as("ended when close returned").isTrue();
    }
}
