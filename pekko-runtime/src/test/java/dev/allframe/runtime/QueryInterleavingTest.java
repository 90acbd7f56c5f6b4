package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionType;
import dev.allframe.query.Query;
import dev.allframe.query.QueryMetadata;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Commands and queries at once: whatever is asked with tokens is answered with amounts that the wallets had when the
 * commands of the tokens were stored, or later ones, also where answers are cached and amounts come back to what they
 * were. {@code -Dtest.seed=…} replays what is asked and when, and not the threads.
 */
@Guarantee("G6")
final class QueryInterleavingTest {

    private static final int ROUNDS = 1_000;
    private static final int WALLETS = 3;
    private static final Duration LONG = Duration.ofSeconds(60);

    record Purse(BigDecimal amount) {}

    static final ProjectionType<String, Purse> PURSES = purses("purses");
    static final ProjectionType<String, Purse> OTHERS = purses("others");

    private static ProjectionType<String, Purse> purses(String name) {
        return ProjectionType.named(name, version(1), String.class, Purse.class)
                .from(WALLET, (event, info) -> switch (event) {
                    case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                            purse -> new Purse(purse.amount().add(amount)));
                    case WalletEvent.WasTaken(var amount) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                            purse -> new Purse(purse.amount().subtract(amount)));
                    case WalletEvent.Exploded exploded -> none();
                });
    }

    /** Of two views, which need not be at one moment. */
    record Both(int first, int second) {}

    record Amounts(String wallet) implements Query<Both> {}

    static final QueryType<Amounts, Both> AMOUNTS = QueryType
            .of(Amounts.class, (query, views) -> new Both(
                    views.view(PURSES).get(query.wallet()).map(purse -> purse.amount().intValueExact()).orElse(0),
                    views.view(OTHERS).get(query.wallet()).map(purse -> purse.amount().intValueExact()).orElse(0)))
            .reads(PURSES, OTHERS)
            .cachedFor(Duration.ofDays(1));

    /** What a wallet has had: the amount behind each of its events, 0 before the first. */
    private record Wallet(String id, List<Integer> amounts) {}

    /**
     * A question under way.
     *
     * @param least the event that the answer has
     */
    private record Question(Wallet wallet, int least, CompletableFuture<Both> answer) {}

    @Test
    void every_answer_has_what_its_tokens_stand_for() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        try (AllFrame allFrame = AllFrame
                .standalone("interleaved", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(PURSES)
                .projection(OTHERS)
                .query(AMOUNTS)
                .start()) {
            for (ProjectionType<String, Purse> view : List.of(PURSES, OTHERS)) {
                allFrame.view(view).await(List.of(), LONG).toCompletableFuture().join();
            }
            List<Wallet> wallets = new ArrayList<>();
            for (int i = 0; i < WALLETS; i++) {
                wallets.add(new Wallet("w-" + i, new ArrayList<>(List.of(0))));
            }
            Map<String, ConsistencyToken> last = new TreeMap<>();
            List<Question> open = new ArrayList<>();
            int answered = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (int step = random.nextInt(4); step >= 0; step--) {
                    Wallet wallet = wallets.get(random.nextInt(WALLETS));
                    last.put(wallet.id(), changed(allFrame, wallet).token());
                }
                if (random.nextInt(200) == 0) {
                    allFrame.projections().rebuild(PURSES.name(), Order.of("the test", "a new generation"));
                }
                for (int step = random.nextInt(5); step >= 0; step--) {
                    open.add(question(allFrame, wallets.get(random.nextInt(WALLETS)), last, random));
                }
                if (random.nextBoolean()) {
                    answered += checked(open, seed);
                }
            }
            answered += checked(open, seed);

            QueryMetadata told = allFrame.queries().describe().getFirst();
            assertThat(told.asked()).isEqualTo(answered);
            assertThat(told.failed()).isZero();
            assertThat(told.cached()).as("answers are given again").isGreaterThan(ROUNDS / 10);
            assertThat(told.runs()).as("and made again").isGreaterThan(ROUNDS / 10);
        }
    }

    /** Amounts are 0, 1 and 2, so that rows are often as they were. */
    private static CommandResult.Accepted<WalletEvent> changed(AllFrame allFrame, Wallet wallet) {
        int amount = wallet.amounts().getLast();
        boolean more = amount == 0 || (amount == 1 && wallet.amounts().size() % 3 == 0);
        CommandResult.Accepted<WalletEvent> accepted = allFrame.commands()
                .dispatchAndWait(WALLET, wallet.id(), more ? put(1) : take(1))
                .orThrow();
        wallet.amounts().add(more ? amount + 1 : amount - 1);
        return accepted;
    }

    private static Question question(AllFrame allFrame, Wallet wallet, Map<String, ConsistencyToken> last,
            Random random) {
        List<ConsistencyToken> tokens = last.values().stream().filter(token -> random.nextInt(4) > 0).toList();
        int least = tokens.stream()
                .filter(token -> token.stream().value().endsWith("|" + wallet.id()))
                .mapToInt(token -> Math.toIntExact(token.sequenceNr()))
                .findFirst()
                .orElse(0);
        return new Question(wallet, least, allFrame.queries()
                .ask(new Amounts(wallet.id()), tokens, LONG)
                .toCompletableFuture()
                .thenApply(result -> result.orThrow()));
    }

    private static int checked(List<Question> open, long seed) {
        for (Question question : open) {
            Both answer = question.answer().orTimeout(120, TimeUnit.SECONDS).join();
            List<Integer> allowed = question.wallet()
                    .amounts()
                    .subList(question.least(),
                            question.wallet().amounts().size());
            assertThat(allowed).as("seed %d, %s from event %d", seed, question.wallet().id(), question.least())
                    .contains(answer.first(), answer.second());
        }
        int checked = open.size();
        open.clear();
        return checked;
    }
}
