package dev.allframe.sample.bank.child;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.views.Balances;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Does a little of what killed processes do, so that their classes are loaded when it ends. */
final class UsualProcess {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String FEED = "feed";

    private UsualProcess() {}

    /** Argument: the folder of a store. */
    public static void main(String[] arguments) {
        work(Map.of("allframe.storage", "memory"));
        work(Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0], "allsource.memory", "64MiB"));
    }

    private static void work(Map<String, ?> settings) {
        try (AllFrame bank = AllFrame
                .standalone("usual", ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .projection(Balances.BALANCES)
                .replay(ReplayType.named(FEED)
                        .from(ACCOUNT, (event, info) -> CompletableFuture.completedFuture(null)))
                .start()) {
            CommandResult<?> opened = bank.commands()
                    .dispatchAndWait(ACCOUNT, "a", new AccountCommand.Open("Ann", czk(0), LocalDate.EPOCH));
            bank.view(Balances.BALANCES).await(opened.orThrow().token(), PATIENCE).toCompletableFuture().join();
            bank.replays().start(FEED, ReplayRange.all(), Order.of("test", "once")).toCompletableFuture().join();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> bank.replays().describe(FEED).toCompletableFuture().join().state() == State.DONE);
        }
    }
}
