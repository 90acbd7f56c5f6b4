package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.newId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.query.Query;
import dev.allframe.query.QueryBus;
import dev.allframe.query.QueryError;
import dev.allframe.query.QueryHandler;
import dev.allframe.query.QueryMetadata;
import dev.allframe.query.QueryNotAnsweredException;
import dev.allframe.query.QueryResult;
import dev.allframe.query.QueryResult.Answered;
import dev.allframe.query.QueryResult.Failed;
import dev.allframe.query.QueryType;
import dev.allframe.query.QueryViews;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queries beside real actors and views, on the storage in memory. */
@Guarantee("G6")
final class QueriesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Order ORDER = Order.of("the test", "to see what happens");

    record Purse(BigDecimal amount) {}

    /** No row of it ever. */
    static final ProjectionType<String, Purse> NOTHING = ProjectionType
            .named("nothing", version(1), String.class, Purse.class)
            .from(WALLET, (event, info) -> none());

    static final ProjectionType<String, Purse> PURSES = purses("purses");
    static final ProjectionType<String, Purse> PAUSED = purses("paused");
    static final ProjectionType<String, Purse> RETIRED = purses("retired");

    /** Wallets whose id begins with x have no row. */
    private static ProjectionType<String, Purse> purses(String name) {
        return ProjectionType.named(name, version(1), String.class, Purse.class)
                .from(WALLET, (event, info) -> switch (event) {
                    case WalletEvent.WasPut(var amount, var note) when info.id().startsWith("x") -> none();
                    case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                            purse -> new Purse(purse.amount().add(amount)));
                    case WalletEvent.WasTaken(var amount) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                            purse -> new Purse(purse.amount().subtract(amount)));
                    case WalletEvent.Exploded exploded -> none();
                });
    }

    record AmountIn(String wallet) implements Query<Optional<BigDecimal>> {}

    /** Of which a test says what it does. */
    record Scripted(String script) implements Query<String> {}

    /** The same, and its answers are cached for a minute. */
    record Kept(String script) implements Query<String> {}

    /** The same, and runs twice at once at most. */
    record Twice(String script) implements Query<String> {}

    record OfPaused() implements Query<Long> {}

    record OfRetired() implements Query<Long> {}

    record OfNobody() implements Query<Long> {}

    private static final Map<String, QueryHandler<Scripted, String>> SCRIPTS = new ConcurrentHashMap<>();

    private static String play(String script, QueryViews views) throws Exception {
        return Objects.requireNonNull(SCRIPTS.get(script)).answer(new Scripted(script), views);
    }

    private static String script(QueryHandler<Scripted, String> handler) {
        String name = newId();
        SCRIPTS.put(name, handler);
        return name;
    }

    /** Stands, but for the tests that say how late it is. */
    private static final class Adjusted implements InstantSource {

        private static final AtomicReference<Instant> NOW = new AtomicReference<>(
                Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return NOW.get();
        }

        static void add(Duration time) {
            NOW.updateAndGet(now -> now.plus(time));
        }
    }

    static final QueryType<AmountIn, Optional<BigDecimal>> AMOUNT_IN = QueryType
            .of(AmountIn.class, (query, views) -> views.view(PURSES).get(query.wallet()).map(Purse::amount))
            .reads(PURSES);

    private static AllFrame.Builder builder(String name, String settings) {
        Config config = ConfigFactory.parseString("allframe.storage = memory\n" + settings)
                .withFallback(ConfigFactory.load());
        return AllFrame.standalone(name, config)
                .clock(new Adjusted().withZone(ZoneOffset.UTC))
                .aggregate(WALLET)
                .projection(PURSES)
                .query(QueryType.of(Scripted.class, (query, views) -> play(query.script(), views)).reads(PURSES))
                .query(QueryType.of(Kept.class, (query, views) -> play(query.script(), views))
                        .reads(PURSES)
                        .cachedFor(Duration.ofMinutes(1)));
    }

    /** With a view that can be read. */
    private static AllFrame started(String name, String settings) {
        AllFrame started = builder(name, settings).start();
        done(started.view(PURSES).await(List.of(), LONG));
        return started;
    }

    private static final AllFrame ALL_FRAME = builder("queries", "")
            .projection(NOTHING)
            .projection(PAUSED)
            .projection(RETIRED)
            .query(AMOUNT_IN)
            .query(QueryType.of(Twice.class, (query, views) -> play(query.script(), views)).reads(PURSES).atMost(2))
            .query(QueryType.of(OfPaused.class, (query, views) -> views.view(PAUSED).count()).reads(PAUSED, NOTHING))
            .query(QueryType.of(OfRetired.class, (query, views) -> views.view(RETIRED).count()).reads(RETIRED))
            .start();

    private static final QueryBus QUERIES = ALL_FRAME.queries();

    @BeforeAll
    static void begin() {
        for (ProjectionType<String, Purse> view : List.of(NOTHING, PURSES, PAUSED, RETIRED)) {
            done(ALL_FRAME.view(view).await(List.of(), LONG));
        }
    }

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static CommandResult.Accepted<WalletEvent> pay(String id, long amount) {
        return ALL_FRAME.commands().dispatchAndWait(WALLET, id, put(amount)).orThrow();
    }

    private static CommandResult.Accepted<WalletEvent> spend(String id, long amount) {
        return ALL_FRAME.commands().dispatchAndWait(WALLET, id, take(amount)).orThrow();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static QueryError error(CompletionStage<? extends QueryResult<?>> asked) {
        return ((Failed<?>) done(asked)).error();
    }

    private static QueryMetadata described(Class<?> query) {
        return QUERIES.describe().stream().filter(each -> each.query() == query).findFirst().orElseThrow();
    }

    private static void waitFor(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("waited for too long");
        }
    }

    /** Counts interrupts, and goes on waiting. */
    private static void waitStubbornly(CountDownLatch latch, AtomicInteger interrupts) {
        while (latch.getCount() > 0) {
            try {
                waitFor(latch);
            } catch (InterruptedException unheard) {
                interrupts.incrementAndGet();
            }
        }
    }

    private static String amount(QueryViews views, String wallet) {
        return views.view(PURSES).get(wallet).map(Purse::amount).map(BigDecimal::toPlainString).orElse("none");
    }

    @Test
    void an_answer_has_what_a_token_stands_for() {
        String id = newId();

        QueryResult<Optional<BigDecimal>> before = done(QUERIES.ask(new AmountIn(id)));
        ConsistencyToken token = pay(id, 5).token();
        QueryResult<Optional<BigDecimal>> after = QUERIES.askAndWait(new AmountIn(id), token);

        assertThat(before).isEqualTo(new Answered<>(Optional.empty()));
        assertThat(after).isEqualTo(new Answered<>(Optional.of(BigDecimal.valueOf(5))));
        assertThat(after.orThrow()).contains(BigDecimal.valueOf(5));
    }

    @Test
    void a_view_that_does_not_come_to_a_token_is_named() {
        done(ALL_FRAME.projections().pause(PAUSED.name(), ORDER));
        await().atMost(LONG)
                .until(() -> ALL_FRAME.projections().describe(PAUSED.name()).state() == ProjectionState.PAUSED);
        ConsistencyToken token = pay(newId(), 1).token();

        QueryError error = error(QUERIES.ask(new OfPaused(), token));

        assertThat(error).isInstanceOfSatisfying(QueryError.NotYet.class, late -> {
            assertThat(late.view()).isEqualTo("paused");
            assertThat(late.state()).isEqualTo(ProjectionState.PAUSED);
            assertThat(late.lag()).isPositive();
            assertThat(late.retryable()).isTrue();
            assertThat(late.message()).startsWith("view 'paused' has not applied the command yet: it is PAUSED and ");
        });
        assertThat(QUERIES.askAndWait(new OfPaused())).as("without a token").isInstanceOf(Answered.class);

        done(ALL_FRAME.projections().resume(PAUSED.name(), ORDER));
        await().atMost(LONG).until(() -> QUERIES.askAndWait(new OfPaused(), token) instanceof Answered);
    }

    @Test
    void a_token_that_is_not_reached_in_time_is_told_with_the_lag() {
        ConsistencyToken future = new ConsistencyToken(pay(newId(), 1).token().storeId(),
                StreamId.of("wallet", newId()), 7);

        QueryError error = error(QUERIES.ask(new AmountIn("w"), List.of(future), SHORT));

        assertThat(error).isInstanceOf(QueryError.NotYet.class);
        assertThat(error.code()).isEqualTo("not-yet");
    }

    @Test
    void a_token_of_another_store_is_never_seen() {
        ConsistencyToken foreign = new ConsistencyToken("elsewhere", StreamId.of("wallet", "w"), 1);

        QueryError error = error(QUERIES.ask(new AmountIn("w"), foreign));

        assertThat(error).isInstanceOf(QueryError.Never.class);
        assertThat(error.message()).startsWith("view 'purses' will never apply the command: the token is of store");
        assertThat(error.retryable()).isFalse();
    }

    @Test
    void a_query_that_nobody_answers_is_an_error() {
        QueryResult<Long> result = QUERIES.askAndWait(new OfNobody());

        assertThat(result).isEqualTo(new Failed<>(new QueryError.UnknownQuery(OfNobody.class.getName())));
        assertThatThrownBy(result::orThrow).isInstanceOf(QueryNotAnsweredException.class)
                .hasMessage("unknown-query: query " + OfNobody.class.getName()
                        + " was not given to the builder of this AllFrame: add .query(…)");
    }

    @Test
    void a_view_that_is_retired_is_not_ready() {
        done(ALL_FRAME.projections().retire(RETIRED.name(), ORDER));

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(error(QUERIES.ask(new OfRetired())))
                        .isInstanceOfSatisfying(QueryError.ViewNotReady.class, unready -> {
                            assertThat(unready.view()).isEqualTo("retired");
                            assertThat(unready.message()).contains("was retired by the test");
                        }));
    }

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void missing_arguments_are_named() {
        assertThatNullPointerException().isThrownBy(() -> QUERIES.ask(null)).withMessage("query");
        assertThatNullPointerException().isThrownBy(() -> QUERIES.ask(new OfNobody(), (ConsistencyToken[]) null))
                .withMessage("tokens");
        assertThatNullPointerException().isThrownBy(() -> QUERIES.ask(new OfNobody(), (ConsistencyToken) null))
                .withMessage("token");
        assertThatNullPointerException().isThrownBy(() -> QUERIES.ask(new OfNobody(), List.of(), null))
                .withMessage("within");
        assertThatNullPointerException().isThrownBy(() -> AMOUNT_IN.reads((ProjectionType<?, ?>) null))
                .withMessage("view");
        assertThatNullPointerException().isThrownBy(() -> AMOUNT_IN.cachedFor(null)).withMessage("time");
        assertThatNullPointerException().isThrownBy(() -> AMOUNT_IN.within(null)).withMessage("time");
        assertThatThrownBy(() -> QUERIES.ask(new OfNobody(), List.of(), Duration.ZERO))
                .hasMessage("within must be positive and at most PT24H, not PT0S");
    }

    @Test
    void a_handler_that_fails_is_told_and_asked_again() {
        AtomicInteger calls = new AtomicInteger();
        String failing = script((query, views) -> {
            int call = calls.incrementAndGet();
            if (call == 1) {
                throw new IllegalStateException("broken");
            }
            if (call == 2) {
                throw new Exception("checked");
            }
            if (call == 3) {
                throw new StackOverflowError();
            }
            return "mended";
        });

        assertThat(List.of(error(QUERIES.ask(new Kept(failing))), error(QUERIES.ask(new Kept(failing))),
                error(QUERIES.ask(new Kept(failing)))))
                .containsExactly(new QueryError.HandlerFailed("java.lang.IllegalStateException: broken"),
                        new QueryError.HandlerFailed("java.lang.Exception: checked"),
                        new QueryError.HandlerFailed("java.lang.StackOverflowError"));
        assertThat(QUERIES.askAndWait(new Kept(failing)).orThrow()).isEqualTo("mended");
    }

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void a_handler_that_gives_null_or_reads_an_unnamed_view_is_told() {
        String nothing = script((query, views) -> null);
        String unnamed = script((query, views) -> "" + views.view(NOTHING).count());

        assertThat(error(QUERIES.ask(new Scripted(nothing))).message())
                .isEqualTo("the handler of " + Scripted.class.getName()
                        + " gave null: give an Optional where an answer may be missing");
        assertThat(error(QUERIES.ask(new Scripted(unnamed))).message())
                .endsWith("the query does not read view 'nothing': name it in .reads(…) of its QueryType");
    }

    @Test
    void a_handler_sees_each_view_at_one_moment() {
        String id = newId();
        ConsistencyToken first = pay(id, 1).token();
        String reading = script((query, views) -> {
            String before = amount(views, id);
            ConsistencyToken later = pay(id, 10).token();
            done(ALL_FRAME.view(PURSES).await(later, LONG));
            return before + " " + amount(views, id);
        });

        assertThat(QUERIES.askAndWait(new Scripted(reading), first).orThrow()).isEqualTo("1 1");
    }

    @Test
    void a_handler_keeps_its_moment_while_the_view_is_built_anew() {
        String id = newId();
        ConsistencyToken first = pay(id, 1).token();
        String reading = script((query, views) -> {
            String before = amount(views, id);
            long generation = ALL_FRAME.projections().describe(PURSES.name()).generation();
            done(ALL_FRAME.projections().rebuild(PURSES.name(), ORDER));
            await().atMost(LONG)
                    .until(() -> ALL_FRAME.projections().describe(PURSES.name()).generation() > generation);
            return before + " " + amount(views, id);
        });

        assertThat(QUERIES.ask(new Scripted(reading), List.of(first), LONG).toCompletableFuture().join().orThrow())
                .isEqualTo("1 1");
    }

    @Test
    void an_answer_is_kept_while_rows_are_the_same_and_no_longer() {
        String id = newId();
        AtomicInteger calls = new AtomicInteger();
        String counted = script((query, views) -> calls.incrementAndGet() + ": " + amount(views, id));
        ConsistencyToken paid = pay(id, 1).token();

        assertThat(QUERIES.askAndWait(new Kept(counted), paid).orThrow()).isEqualTo("1: 1");
        assertThat(QUERIES.askAndWait(new Kept(counted), paid).orThrow()).isEqualTo("1: 1");
        ConsistencyToken unseen = pay("x" + newId(), 1).token();
        assertThat(QUERIES.askAndWait(new Kept(counted), unseen).orThrow()).as("no row has changed").isEqualTo("1: 1");
        ConsistencyToken more = pay(id, 1).token();
        assertThat(QUERIES.askAndWait(new Kept(counted), more).orThrow()).as("a row has changed").isEqualTo("2: 2");
        spend(id, 1);
        ConsistencyToken back = pay(id, 1).token();
        assertThat(QUERIES.askAndWait(new Kept(counted), back).orThrow()).as("the row is as it was").endsWith(": 2");
        ConsistencyToken other = pay(newId(), 1).token();
        String last = QUERIES.askAndWait(new Kept(counted), other).orThrow();
        assertThat(last).as("another row has changed").isEqualTo(calls.get() + ": 2");
    }

    @Test
    void an_answer_is_kept_across_a_rebuild_and_for_its_time_alone() {
        AtomicInteger calls = new AtomicInteger();
        try (AllFrame own = started("rebuilt", "")) {
            String counted = script((query, views) -> "" + calls.incrementAndGet());
            own.queries().askAndWait(new Kept(counted)).orThrow();
            done(own.projections().rebuild(PURSES.name(), ORDER));
            await().atMost(LONG).until(() -> own.projections().describe(PURSES.name()).generation() == 2);

            assertThat(own.queries().askAndWait(new Kept(counted)).orThrow()).isEqualTo("1");
            Adjusted.add(Duration.ofSeconds(59));
            assertThat(own.queries().askAndWait(new Kept(counted)).orThrow()).isEqualTo("1");
            Adjusted.add(Duration.ofSeconds(1));
            assertThat(own.queries().askAndWait(new Kept(counted)).orThrow()).as("a minute old").isEqualTo("2");
            Adjusted.add(Duration.ofSeconds(-1));
            assertThat(own.queries().askAndWait(new Kept(counted)).orThrow()).as("from the future").isEqualTo("3");
        }
    }

    @Test
    void the_answers_that_were_used_last_are_kept() {
        try (AllFrame own = started("few", "allframe.queries.cached-answers = 2")) {
            Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
            QueryHandler<Scripted, String> counting = (query, views) -> ""
                    + calls.computeIfAbsent(query.script(), name -> new AtomicInteger()).incrementAndGet();
            String one = script(counting);
            String two = script(counting);
            String three = script(counting);

            for (String script : List.of(one, two, one, three, one, two)) {
                own.queries().askAndWait(new Kept(script)).orThrow();
            }

            assertThat(calls.get(one)).hasValue(1);
            assertThat(calls.get(two)).as("it was the oldest when the third came").hasValue(2);
            assertThat(calls.get(three)).hasValue(1);
            assertThat(own.queries().describe().get(1).kept()).isEqualTo(2);
        }
    }

    @Test
    void equal_queries_at_once_share_one_run() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (AllFrame own = started("shared", "")) {
            String slow = script((query, views) -> {
                calls.incrementAndGet();
                begun.countDown();
                waitFor(all);
                return "answer";
            });
            List<CompletableFuture<QueryResult<String>>> asked = new ArrayList<>();
            asked.add(own.queries().ask(new Kept(slow)).toCompletableFuture());
            waitFor(begun);
            IntStream.range(0, 1_000)
                    .forEach(i -> asked.add(own.queries().ask(new Kept(slow)).toCompletableFuture()));
            assertThat(asked).noneMatch(CompletableFuture::isDone);
            all.countDown();

            assertThat(asked).allSatisfy(each -> assertThat(done(each).orThrow()).isEqualTo("answer"));
            assertThat(calls).hasValue(1);
            QueryMetadata kept = own.queries().describe().get(1);
            assertThat(kept.asked()).isEqualTo(1_001);
            assertThat(kept.cached()).isEqualTo(1_000);
            assertThat(kept.runs()).isEqualTo(1);
        }
    }

    @Test
    void a_run_is_not_shared_with_who_asks_for_later_rows() throws InterruptedException {
        String id = newId();
        ConsistencyToken first = pay(id, 1).token();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        String slow = script((query, views) -> {
            calls.incrementAndGet();
            begun.countDown();
            waitFor(go);
            return amount(views, id);
        });
        CompletableFuture<QueryResult<String>> early = QUERIES.ask(new Kept(slow), List.of(first), LONG)
                .toCompletableFuture();
        waitFor(begun);
        ConsistencyToken second = pay(id, 1).token();
        done(ALL_FRAME.view(PURSES).await(second, LONG));

        CompletableFuture<QueryResult<String>> late = QUERIES.ask(new Kept(slow), List.of(second), LONG)
                .toCompletableFuture();
        CompletableFuture<QueryResult<String>> untold = QUERIES.ask(new Kept(slow), List.of(), LONG)
                .toCompletableFuture();
        await().atMost(LONG).until(() -> described(Kept.class).waiting() >= 3);
        go.countDown();

        assertThat(done(early).orThrow()).isEqualTo("1");
        assertThat(done(late).orThrow()).isEqualTo("2");
        assertThat(done(untold).orThrow()).as("the row was served when it asked").isEqualTo("2");
        assertThat(calls).as("those who came later share a run").hasValueBetween(2, 3);
    }

    @Test
    void who_waits_too_long_is_answered_and_the_handler_interrupted() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        String endless = script((query, views) -> {
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException ended) {
                interrupted.countDown();
                throw ended;
            }
        });

        for (Query<String> query : List.<Query<String>>of(new Scripted(endless), new Kept(endless))) {
            assertThat(error(QUERIES.ask(query, List.of(), SHORT))).isEqualTo(new QueryError.Timeout(SHORT));
        }

        waitFor(interrupted);
        await().atMost(LONG).until(() -> described(Kept.class).running() == 0);
    }

    @Test
    void a_handler_goes_on_while_somebody_waits() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        String slow = script((query, views) -> {
            waitFor(go);
            return "answer";
        });
        CompletableFuture<QueryResult<String>> patient = QUERIES.ask(new Kept(slow), List.of(), LONG)
                .toCompletableFuture();

        QueryError impatient = error(QUERIES.ask(new Kept(slow), List.of(), SHORT));
        go.countDown();

        assertThat(impatient).isInstanceOf(QueryError.Timeout.class);
        assertThat(done(patient).orThrow()).isEqualTo("answer");
    }

    @Test
    void after_a_run_that_was_given_up_the_next_begins() throws InterruptedException {
        AtomicInteger interrupts = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        String stubborn = script((query, views) -> {
            if (calls.incrementAndGet() > 1) {
                return "second";
            }
            begun.countDown();
            waitStubbornly(go, interrupts);
            return "first";
        });
        CompletableFuture<QueryResult<String>> first = QUERIES.ask(new Kept(stubborn), List.of(), SHORT)
                .toCompletableFuture();
        waitFor(begun);
        assertThat(error(first)).isInstanceOf(QueryError.Timeout.class);

        assertThat(QUERIES.askAndWait(new Kept(stubborn)).orThrow()).isEqualTo("second");
        await().atMost(LONG).until(() -> interrupts.get() == 1);
        go.countDown();
        await().atMost(LONG).until(() -> described(Kept.class).running() == 0);
        assertThat(calls).hasValue(2);
    }

    @Test
    void a_handler_runs_so_many_times_at_once_and_no_more() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        String counted = script((query, views) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            two.countDown();
            waitFor(go);
            running.decrementAndGet();
            return "done";
        });
        List<CompletableFuture<QueryResult<String>>> asked = IntStream.range(0, 20)
                .mapToObj(i -> QUERIES.ask(new Twice(counted), List.of(), LONG).toCompletableFuture())
                .toList();
        waitFor(two);

        assertThat(error(QUERIES.ask(new Twice(counted), List.of(), SHORT))).as("it did not get its turn")
                .isInstanceOf(QueryError.Timeout.class);
        assertThat(described(Twice.class).running()).isEqualTo(2);
        assertThat(described(Twice.class).waiting()).isEqualTo(20);
        go.countDown();

        assertThat(asked).allSatisfy(each -> assertThat(done(each).orThrow()).isEqualTo("done"));
        assertThat(most).hasValue(2);
        assertThat(described(Twice.class).runs()).isEqualTo(20);
    }

    @Test
    void more_queries_than_may_wait_are_refused() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        String slow = script((query, views) -> {
            waitFor(go);
            return "done";
        });
        try (AllFrame own = started("full", "allframe.queries.max-in-flight = 2")) {
            List<CompletableFuture<QueryResult<String>>> asked = IntStream.range(0, 2)
                    .mapToObj(i -> own.queries().ask(new Scripted(slow)).toCompletableFuture())
                    .toList();

            QueryError refused = error(own.queries().ask(new Scripted(slow)));
            go.countDown();

            assertThat(refused).isEqualTo(new QueryError.Overloaded(2));
            assertThat(asked).allSatisfy(each -> assertThat(done(each).orThrow()).isEqualTo("done"));
            assertThat(own.queries().askAndWait(new Scripted(slow)).orThrow()).as("there is room again")
                    .isEqualTo("done");
        }
    }

    @Test
    void closing_answers_everybody() throws InterruptedException {
        AtomicInteger interrupts = new AtomicInteger();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        String endless = script((query, views) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException ended) {
                interrupted.countDown();
                throw ended;
            }
        });
        String stubborn = script((query, views) -> {
            begun.countDown();
            waitStubbornly(go, interrupts);
            return amount(views, "w");
        });
        AllFrame own = started("closing", "");
        QueryBus queries = own.queries();
        ConsistencyToken future = new ConsistencyToken(own.backend().storeId(), StreamId.of("wallet", "w"), 7);
        List<CompletableFuture<QueryResult<String>>> asked = new ArrayList<>();
        asked.add(queries.ask(new Kept(endless), List.of(), LONG).toCompletableFuture());
        asked.add(queries.ask(new Scripted(stubborn), List.of(), LONG).toCompletableFuture());
        asked.add(queries.ask(new Kept(endless), List.of(future), LONG).toCompletableFuture());
        waitFor(begun);

        own.close();

        assertThat(asked).allSatisfy(each -> assertThat(each).isCompletedWithValue(
                new Failed<>(new QueryError.ShuttingDown())));
        assertThat(queries.ask(new Kept(endless)).toCompletableFuture())
                .isCompletedWithValue(new Failed<>(new QueryError.ShuttingDown()));
        waitFor(interrupted);
        await().atMost(LONG).until(() -> interrupts.get() == 1);
        go.countDown();
    }

    @Test
    void what_asks_for_an_answer_in_a_callback_may_wait_there() {
        String id = newId();
        ConsistencyToken token = pay(id, 3).token();

        CompletionStage<BigDecimal> sum = QUERIES.ask(new AmountIn(id), token)
                .thenApply(first -> first.orThrow()
                        .orElseThrow()
                        .add(QUERIES.askAndWait(new AmountIn(id)).orThrow().orElseThrow()));

        assertThat(done(sum)).isEqualByComparingTo("6");
    }

    static final class NoRecord implements Query<Long> {}

    @SuppressWarnings("ArrayRecordComponent") // which is refused
    record Array(int[] numbers) implements Query<Long> {}

    @Test
    void everything_that_is_wrong_with_queries_is_told_at_start() {
        ProjectionType<String, Purse> other = purses("other");
        AllFrame.Builder wrong = AllFrame.standalone("wrong", ConfigFactory.load())
                .aggregate(WALLET)
                .projection(PURSES)
                .query(AMOUNT_IN)
                .query(AMOUNT_IN)
                .query(QueryType.of(NoRecord.class, (query, views) -> 1L))
                .query(QueryType.of(Array.class, (query, views) -> 1L)
                        .reads(other)
                        .reads(PURSES, PURSES)
                        .cachedFor(Duration.ZERO)
                        .within(Duration.ofDays(2))
                        .atMost(0));

        assertThatThrownBy(wrong::start).isInstanceOfSatisfying(InvalidDomainException.class,
                invalid -> assertThat(invalid.problems()).containsExactly(
                        "query " + AmountIn.class.getName() + " is answered twice",
                        "query " + NoRecord.class.getName() + " must be a record",
                        "query " + NoRecord.class.getName() + " reads no view: add .reads(…)",
                        "query " + Array.class.getName() + " reads view 'purses' twice",
                        "query " + Array.class.getName()
                                + " must be cached for at least PT0.001S and at most PT87600H, not PT0S",
                        "query " + Array.class.getName()
                                + " is cached and has the array 'numbers', of which no two are equal: use a List",
                        "query " + Array.class.getName()
                                + " must have a time limit of more than no time and at most PT24H, not PT48H",
                        "query " + Array.class.getName() + " must run 1 or more times at once, not 0",
                        "query " + Array.class.getName() + " reads view 'other', which was not given to the builder of"
                                + " this AllFrame: add .projection(…)"));
    }

    record Unhashed(Object component) implements Query<Long> {
        @Override
        public int hashCode() {
            throw new IllegalStateException("no hash");
        }
    }

    @Test
    void a_query_without_a_hash_is_an_error_of_its_own() {
        try (AllFrame own = builder("unhashed", "allframe.queries.max-in-flight = 1")
                .query(QueryType.of(Unhashed.class, (query, views) -> 1L).reads(PURSES).cachedFor(LONG))
                .start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(error(own.queries().ask(new Unhashed("a"))))
                        .isEqualTo(new QueryError.HandlerFailed("java.lang.IllegalStateException: no hash"));
            }
            assertThat(own.queries().describe().get(2).failed()).isEqualTo(3);
            assertThat(own.queries().describe().get(2).waiting()).isZero();
        }
    }

    @Test
    void a_bus_without_queries_knows_none() {
        try (AllFrame none = AllFrame.standalone("none", ConfigFactory.load()).aggregate(WALLET).start()) {
            assertThat(none.queries().describe()).isEmpty();
            assertThat(none.queries().askAndWait(new OfNobody())).isInstanceOf(Failed.class);
        }
    }
}
