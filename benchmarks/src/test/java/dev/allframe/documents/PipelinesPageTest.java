package dev.allframe.documents;

import static dev.allframe.pipeline.Sessions.session;
import static dev.allframe.pipeline.Windows.tumbling;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.fixture.ProjectionFixture;
import dev.allframe.pipeline.EnrichedPipeline;
import dev.allframe.pipeline.LateEvents;
import dev.allframe.pipeline.Pipeline;
import dev.allframe.pipeline.Windowed;
import dev.allframe.pipeline.WindowedPipeline;
import dev.allframe.pipeline.Windows;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewComparison;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.History;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The code of docs/pipelines.md, which does what the page says. */
final class PipelinesPageTest {

    record Payment(String channel, LocalDate on, Money amount) {

        static List<Payment> of(AccountEvent event) {
            return event instanceof Deposited(var amount, var entry, var channel)
                    ? List.of(new Payment(channel, entry.on(), amount))
                    : List.of();
        }
    }

    record Paid(Money sum, long count) {

        static final Paid NOTHING = new Paid(czk(0), 0);

        Paid plus(Payment payment) {
            return new Paid(sum.plus(payment.amount()), count + 1);
        }

        Paid and(Paid later) {
            return new Paid(sum.plus(later.sum()), count + later.count());
        }
    }

    static final Windows<LocalDate> MONTHS = tumbling(Period.ofMonths(1));

    static final ProjectionType<Windowed<String, LocalDate>, Paid> PAID_BY_MONTH = Pipeline.from(ACCOUNT)
            .flatMap(Payment::of)
            .groupBy(String.class, Payment::channel)
            .window(MONTHS, Payment::on)
            .reduce(Paid.NOTHING, Paid::plus)
            .into("paid-by-month", version(1));

    static final Pipeline<Payment> PAYMENTS = Pipeline.from(ACCOUNT).flatMap(Payment::of);
    static final WindowedPipeline<String, Payment, LocalDate> RECENT = PAYMENTS.groupBy(String.class, Payment::channel)
            .window(tumbling(Period.ofDays(1)), Payment::on)
            .retention(Duration.ofDays(90));
    static final ProjectionType<Windowed<String, LocalDate>, Paid> PAID_BY_DAY = RECENT
            .reduce(Paid.NOTHING, Paid::plus)
            .into("paid-by-day", version(1));
    static final ProjectionType<String, LateEvents> LATE = RECENT.late().into("paid-late", version(1));

    static final ProjectionType<Windowed<String, LocalDate>, Paid> BUSY_DAYS = PAYMENTS
            .groupBy(String.class, Payment::channel)
            .window(session(Period.ofDays(3)), Payment::on)
            .reduce(Paid.NOTHING, Paid::plus, Paid::and)
            .into("busy-days", version(1));

    record Letter(String address, Payment payment) {

        /** Letters that were sent, by the keys of their effects. */
        static final Map<String, Letter> SENT = new ConcurrentHashMap<>();

        static CompletionStage<Letter> toPayer(Payment payment) {
            return CompletableFuture.supplyAsync(() -> new Letter("who paid by " + payment.channel(), payment));
        }

        CompletionStage<?> send(ReactionInfo info) {
            return CompletableFuture.runAsync(() -> SENT.put(info.idempotencyKey(), this));
        }
    }

    static final EnrichedPipeline<Letter> LETTERS = PAYMENTS
            .filter(payment -> payment.amount().compareTo(czk(1_000)) >= 0)
            .enrich(Letter::toPayer);
    static final ReactionType THANKS = LETTERS.react("thanks", Letter::send)
            .fromNow()
            .parallel(4)
            .within(Duration.ofSeconds(30));

    @Test
    void who_pays_much_is_sent_a_letter() {
        LocalDate day = LocalDate.of(1993, 5, 17);
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("letters", memory).aggregate(ACCOUNT).reaction(THANKS).start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-9", new Open("Ann", czk(0), day)).orThrow();
            bank.commands().dispatchAndWait(ACCOUNT, "acc-9", new Deposit(czk(999), Entry.cash(day))).orThrow();
            bank.commands().dispatchAndWait(ACCOUNT, "acc-9", new Deposit(czk(1_000), Entry.cash(day))).orThrow();

            await().atMost(Duration.ofSeconds(30)).until(() -> !Letter.SENT.isEmpty());
        }

        assertThat(Letter.SENT.values()).extracting(Letter::payment)
                .containsExactly(new Payment("cash", day, czk(1_000)));
    }

    @Test
    void months_are_summed_read_verified_and_looked_back_at() {
        LocalDate day = LocalDate.of(1993, 5, 17);
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory)
                .aggregate(ACCOUNT)
                .projection(BALANCES)
                .projection(PAID_BY_MONTH)
                .projection(PAID_BY_DAY)
                .projection(LATE)
                .projection(BUSY_DAYS)
                .start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), day)).orThrow();
            ConsistencyToken token = bank.commands()
                    .dispatchAndWait(ACCOUNT, "acc-1", new Deposit(czk(70), Entry.cash(day)))
                    .orThrow()
                    .token();
            for (ProjectionType<?, ?> type : List.of(BALANCES, PAID_BY_MONTH, LATE)) {
                var unused = bank.view(type).await(token, Duration.ofSeconds(30)).toCompletableFuture().join();
            }

            View<Windowed<String, LocalDate>, Paid> paid = bank.view(PAID_BY_MONTH);
            Windowed<String, LocalDate> may = MONTHS.of("cash", LocalDate.of(1993, 5, 31)).getFirst();
            Optional<Paid> inMay = paid.get(may);
            Rows<Windowed<String, LocalDate>, Paid> allMonths = paid.range(Range.leading("cash"));

            assertThat(inMay).contains(new Paid(czk(70), 1));
            assertThat(allMonths.keys()).containsExactly(may);
            assertThat(bank.view(LATE).get("cash")).map(LateEvents::count).contains(1L);

            Instant yesterday = Instant.now().minus(Duration.ofDays(1));
            History<Account> history = bank.history(ACCOUNT, "acc-1");
            Optional<History.Moment<Account>> opened = history.at(1);
            Optional<History.Moment<Account>> before = history.at(yesterday);
            try (PastView<String, AccountRow> past = bank.asOf(BALANCES, AsOf.stored(yesterday))
                    .toCompletableFuture()
                    .join()) {
                assertThat(past.count()).isZero();
            }

            assertThat(opened).map(moment -> moment.state().balance()).contains(czk(0));
            assertThat(before).isEmpty();

            ViewComparison found = bank.projections()
                    .verify("paid-by-month", 10, progress -> {})
                    .toCompletableFuture()
                    .join();

            assertThat(found.isSame()).isTrue();
        }
    }

    @Test
    void a_pipeline_is_printed_as_the_page_shows() {
        String printed = PAYMENTS.and(PAYMENTS.branch(payment -> payment.channel().equals("cash")).matching())
                .groupBy(String.class, Payment::channel)
                .window(tumbling(Period.ofDays(1)), Payment::on)
                .retention(Duration.ofDays(90))
                .describe();

        assertThat(Path.of("..", "docs", "pipelines.md")).content().contains("```\n" + printed + "\n```");
    }

    @Test
    void a_fixture_tests_a_pipeline_as_every_view() {
        LocalDate day = LocalDate.of(1993, 5, 17);
        ProjectionFixture.of(PAID_BY_MONTH)
                .given("acc-1", new Deposited(czk(70), Entry.cash(day)))
                .given("acc-2", new Deposited(czk(30), Entry.cash(day.plusDays(1))))
                .thenRow(MONTHS.of("cash", day).getFirst(), new Paid(czk(100), 2));
    }
}
