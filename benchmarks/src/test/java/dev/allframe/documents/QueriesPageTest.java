package dev.allframe.documents;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandResult;
import dev.allframe.query.Query;
import dev.allframe.query.QueryMetadata;
import dev.allframe.query.QueryResult.Answered;
import dev.allframe.query.QueryResult.Failed;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The code of docs/queries.md, which does what the page says. */
final class QueriesPageTest {

    private static final Logger log = LoggerFactory.getLogger(QueriesPageTest.class);
    private static final LocalDate DAY = LocalDate.of(2026, 1, 2);
    private static final Entry ENTRY = Entry.cash(DAY);

    record BalanceOf(String account) implements Query<Optional<Money>> {}

    static final QueryType<BalanceOf, Optional<Money>> BALANCE_OF = QueryType
            .of(BalanceOf.class, (query, views) -> views.view(BALANCES).get(query.account()).map(AccountRow::balance))
            .reads(BALANCES)
            .cachedFor(Duration.ofMinutes(10));

    @Test
    void a_query_is_asked_and_described() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory)
                .aggregate(ACCOUNT)
                .projection(BALANCES)
                .query(BALANCE_OF)
                .start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), DAY)).orThrow();

            CommandResult.Accepted<AccountEvent> paid = bank.commands()
                    .dispatchAndWait(ACCOUNT, "acc-1", new Deposit(czk(700), ENTRY))
                    .orThrow();
            CompletionStage<String> shown = bank.queries()
                    .ask(new BalanceOf("acc-1"), paid.token())
                    .thenApply(result -> switch (result) {
                        case Answered(var balance) -> balance.map(Money::toString).orElse("there is no such account");
                        case Failed(var error) when error.retryable() -> "try again: " + error.message();
                        case Failed(var error) -> error.message();
                    });
            assertThat(shown.toCompletableFuture().join()).isEqualTo(czk(700).toString());
            assertThat(bank.queries().askAndWait(new BalanceOf("acc-1")).orThrow()).contains(czk(700));

            bank.queries()
                    .describe()
                    .forEach(query -> log.info(
                            "{}: asked {} times, {} of them answered from the cache, {} failed; {} in a run",
                            query.query().getName(), query.asked(), query.cached(), query.failed(),
                            query.took().dividedBy(Math.max(1, query.runs()))));

            QueryMetadata described = bank.queries().describe().getFirst();
            assertThat(described.asked()).isEqualTo(2);
            assertThat(described.cached()).isEqualTo(1);
            assertThat(described.runs()).isEqualTo(1);
        }
    }
}
