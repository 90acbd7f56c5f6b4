package dev.allframe.documents;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Released;
import dev.allframe.sample.bank.account.AccountEvent.Reserved;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The code of docs/reactions.md, which does what the page says. */
final class ReactionsPageTest {

    private static final CompletableFuture<String> SENT = new CompletableFuture<>();

    static final ReactionType MAILS = ReactionType.named("mails")
            .from(ACCOUNT, ReactionsPageTest::onAccount)
            .fromNow()
            .parkFailures();

    private static CompletionStage<?> onAccount(AccountEvent event, ReactionInfo info) {
        return switch (event) {
            case Opened(var owner, var overdraft, var day) -> mail(info.idempotencyKey(), "Welcome, " + owner);
            case Deposited deposited -> nothing();
            case Withdrawn withdrawn -> nothing();
            case OverdraftChanged changed -> mail(info.idempotencyKey(), "Your overdraft has changed");
            case OrderPlaced placed -> nothing();
            case OrderCancelled cancelled -> nothing();
            case Reserved reserved -> nothing();
            case Released released -> nothing();
            case Confirmed confirmed -> nothing();
            case Closed closed -> nothing();
        };
    }

    private static CompletionStage<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    private static CompletionStage<Void> mail(String key, String text) {
        SENT.complete(key + ": " + text);
        return nothing();
    }

    @Test
    void an_event_has_its_effect() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory).aggregate(ACCOUNT).reaction(MAILS).start()) {
            bank.commands()
                    .dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), LocalDate.of(2026, 1, 2)))
                    .orThrow();

            assertThat(SENT.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("account|acc-1#1: Welcome, Ann");
        }
    }
}
