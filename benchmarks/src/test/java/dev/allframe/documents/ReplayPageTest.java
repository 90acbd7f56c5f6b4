package dev.allframe.documents;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The code of docs/replay.md, which does what the page says. */
final class ReplayPageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final CompletableFuture<Void> REPAIRED = new CompletableFuture<>();
    private static final List<String> SENT = Collections.synchronizedList(new ArrayList<>());
    private static final List<String> MAILED = Collections.synchronizedList(new ArrayList<>());

    static final ReplayType FEED = ReplayType.named("feed")
            .from(ACCOUNT, (event, info) -> send(info.idempotencyKey(), event));

    static final ReactionType MAILS = ReactionType.named("mails")
            .from(ACCOUNT, ReplayPageTest::mail)
            .fromNow()
            .replayable();
    static final ReplayType MAILS_AGAIN = ReplayType.named("mails-again").of(MAILS);

    /** The other system is slow until it is repaired. */
    private static CompletionStage<?> send(String key, AccountEvent event) {
        return REPAIRED.thenRun(() -> SENT.add(key + " " + event.getClass().getSimpleName()));
    }

    private static CompletionStage<?> mail(AccountEvent event, ReactionInfo info) {
        MAILED.add(info.idempotencyKey());
        return CompletableFuture.completedFuture(null);
    }

    private static ReplayStatus.State state(AllFrame bank, String replay) {
        return bank.replays().describe(replay).toCompletableFuture().join().state();
    }

    @Test
    void events_are_given_to_a_handler_once_more() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory)
                .aggregate(ACCOUNT)
                .reaction(MAILS)
                .replay(FEED)
                .replay(MAILS_AGAIN)
                .start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), DAY)).orThrow();
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Deposit(czk(700), Entry.cash(DAY))).orThrow();
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Withdraw(czk(50), Entry.cash(DAY))).orThrow();
            await().atMost(PATIENCE).until(() -> MAILED.size() == 3);

            replay(bank, Instant.now().minus(Duration.ofDays(1)));
            REPAIRED.complete(null);
            bank.replays()
                    .start("mails-again", ReplayRange.all().stream(ACCOUNT, "acc-1"), Order.of("ann", "lost"))
                    .toCompletableFuture()
                    .join();

            await().atMost(PATIENCE).until(() -> state(bank, "mails-again") == ReplayStatus.State.DONE);
            assertThat(MAILED).hasSize(6)
                    .endsWith("account|acc-1#1", "account|acc-1#2", "account|acc-1#3");
            await().atMost(PATIENCE).until(() -> state(bank, "feed") == ReplayStatus.State.DONE);
            assertThat(SENT).containsExactly("account|acc-1#2 Deposited", "account|acc-1#3 Withdrawn");
        }
    }

    private static void replay(AllFrame bank, Instant may) {
        ReplayManager replays = bank.replays();
        replays.start("feed",
                ReplayRange.all().types("account.deposited", "account.withdrawn").storedFrom(may),
                Order.of("ann", "a new data warehouse")).toCompletableFuture().join();
        replays.rate("feed", 500, Order.of("ann", "it is slow by day")).toCompletableFuture().join();
        replays.pause("feed", Order.of("ann", "it is being repaired")).toCompletableFuture().join();
        replays.resume("feed", Order.of("ann", "it is back")).toCompletableFuture().join();
    }
}
