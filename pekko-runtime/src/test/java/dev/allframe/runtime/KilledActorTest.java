package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.runtime.Wallets.Wallet;
import dev.allframe.runtime.Wallets.WalletCommand;
import dev.allframe.runtime.Wallets.WalletEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

/**
 * Whoever sends one command, from wherever, and whatever ends in the middle: it is executed once, and all are told the
 * same.
 */
@Guarantee("G5")
class KilledActorTest {

    private static final int SENDERS = 100;
    private static final int ROUNDS = 20;

    /** How often the actor of an instance has begun. */
    private static final AtomicInteger BEGUN = new AtomicInteger();

    private static final AggregateType<WalletCommand, WalletEvent, Wallet> WALLET = AggregateType.named("wallet",
            WalletCommand.class, WalletEvent.class, Wallet.class, new Aggregate<>() {
                private final Wallets wallets = new Wallets();

                @Override
                public Wallet initialState() {
                    BEGUN.incrementAndGet();
                    return wallets.initialState();
                }

                @Override
                public Decision<WalletEvent> decide(Wallet wallet, WalletCommand command) {
                    return wallets.decide(wallet, command);
                }

                @Override
                public Wallet evolve(Wallet wallet, WalletEvent event) {
                    return wallets.evolve(wallet, event);
                }
            });

    private static CompletionStage<CommandResult<WalletEvent>> sendUntilAnswered(AllFrame allFrame, String id,
            String commandId) {
        return allFrame.commands().dispatch(WALLET, id, put(7), withCommandId(commandId)).thenCompose(result -> {
            boolean again = result instanceof Failed<WalletEvent>(var error) && error.retryable();
            return again ? sendUntilAnswered(allFrame, id, commandId) : CompletableFuture.completedFuture(result);
        });
    }

    @Test
    void a_hundred_senders_on_three_dispatchers_have_one_outcome_though_the_actor_is_killed() throws Exception {
        try (ExecutorService own = Executors.newFixedThreadPool(4);
                AllFrame allFrame = AllFrame.standalone("killed", ConfigFactory.load()).aggregate(WALLET).start()) {
            List<Executor> dispatchers = List.of(own,
                    allFrame.system().dispatchers().lookup(DispatcherSelector.defaultDispatcher()),
                    allFrame.system().dispatchers().lookup(DispatcherSelector.blocking()));
            for (int round = 0; round < ROUNDS; round++) {
                String id = "w-" + round;
                allFrame.commands().dispatchAndWait(WALLET, id, put(1)).orThrow();
                assertOneOutcome(allFrame, id, dispatchers, round);
            }
            assertThat(BEGUN.get()).as("the actors were killed").isGreaterThanOrEqualTo(3 * ROUNDS / 2);
        }
    }

    private static void assertOneOutcome(AllFrame allFrame, String id, List<Executor> dispatchers, int round)
            throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(round * SENDERS / ROUNDS);
        List<CompletableFuture<CommandResult<WalletEvent>>> results = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            results.add(CompletableFuture.supplyAsync(() -> {
                var result = sendUntilAnswered(allFrame, id, "once");
                sent.countDown();
                return result;
            }, dispatchers.get(sender % dispatchers.size())).thenCompose(result -> result));
        }
        sent.await();
        Adapter.toClassic(allFrame.system())
                .actorSelection("/system/allframe-wallet-*/*")
                .tell(Kill.getInstance(), null);

        CommandResult<WalletEvent> first = results.getFirst().join();
        assertThat(first.orThrow().sequenceNr()).isEqualTo(2);
        assertThat(results).extracting(CompletableFuture::join).containsOnly(first);
        assertThat(sendUntilAnswered(allFrame, id, "last").toCompletableFuture().join().orThrow().sequenceNr())
                .isEqualTo(3);
    }
}
