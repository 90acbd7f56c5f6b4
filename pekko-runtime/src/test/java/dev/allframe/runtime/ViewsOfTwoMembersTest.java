package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewAnswer.Seen;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A view on each of two members that share a storage. */
@Guarantee({"G6", "G7"})
final class ViewsOfTwoMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CommandOptions PATIENT = CommandOptions.none().within(PATIENCE);
    private static final Order ORDER = Order.of("the test", "to see who follows");

    /** What was ever put into a wallet. */
    record Total(BigDecimal amount) {}

    static final ProjectionType<String, Total> TOTALS = ProjectionType
            .named("totals", version(1), String.class, Total.class)
            .from(WALLET, ViewsOfTwoMembersTest::onWallet);

    private static Change<String, Total> onWallet(WalletEvent event, EventInfo info) {
        return switch (event) {
            case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Total(BigDecimal.ZERO),
                    total -> new Total(total.amount().add(amount)));
            case WalletEvent.WasTaken taken -> none();
            case WalletEvent.Exploded exploded -> none();
        };
    }

    private final ClusterMembers members = new ClusterMembers();

    @AfterEach
    void stop() {
        members.close();
    }

    private static AllFrame on(ActorSystem<?> member) {
        return AllFrame.on(member).aggregate(WALLET).projection(TOTALS).start();
    }

    /** Each member builds its own view. One is closed, and another comes; one ends without being closed. */
    @Test
    void tokens_hold_and_orders_are_followed_on_every_member_also_behind_a_restart() {
        ActorSystem<Void> first = members.joined(members.shared());
        ActorSystem<Void> second = members.joined(members.shared());
        AllFrame one = on(first);
        AllFrame two = on(second);
        for (int i = 1; i <= 20; i++) {
            assertSeen(pay(one, "w" + i % 4), one, two);
            assertSeen(pay(two, "w" + i % 4), one, two);
        }
        assertThat(digest(one)).isEqualTo(digest(two));

        done(one.projections().pause(TOTALS.name(), ORDER));
        awaitState(one, ProjectionState.PAUSED);
        awaitState(two, ProjectionState.PAUSED);
        ConsistencyToken later = pay(two, "w1");
        for (AllFrame member : List.of(one, two)) {
            assertThat(asked(member, later, PATIENCE)).isInstanceOfSatisfying(ViewAnswer.NotYet.class,
                    answer -> assertThat(answer.state()).isEqualTo(ProjectionState.PAUSED));
        }
        done(two.projections().resume(TOTALS.name(), ORDER));
        awaitState(one, ProjectionState.LIVE);
        awaitState(two, ProjectionState.LIVE);
        assertSeen(later, one, two);

        long before = described(one).generation();
        done(two.projections().rebuild(TOTALS.name(), ORDER));
        await().atMost(PATIENCE).until(() -> described(one).generation() > before && described(two).generation() > 1);
        assertSeen(pay(one, "w2"), one, two);

        one.close();
        ConsistencyToken missed = pay(two, "w3");
        members.stop(first);
        AllFrame third = on(members.joined(members.shared()));
        assertSeen(missed, third, two);
        assertSeen(pay(third, "w3"), two, third);
        assertThat(digest(third)).isEqualTo(digest(two));

        ConsistencyToken last = pay(two, "w1");
        members.stop(second);
        assertSeen(last, third);
        assertSeen(pay(third, "w1"), third);
        assertThat(third.view(TOTALS).get("w1")).map(Total::amount).contains(BigDecimal.valueOf(13));
    }

    private static void done(CompletionStage<Void> order) {
        order.toCompletableFuture().join();
    }

    private static ConsistencyToken pay(AllFrame member, String wallet) {
        CommandResult<WalletEvent> paid = member.commands().dispatchAndWait(WALLET, wallet, put(1), PATIENT);
        return paid.orThrow().token();
    }

    private static ViewAnswer<Optional<Total>> asked(AllFrame member, ConsistencyToken token, Duration within) {
        return member.view(TOTALS)
                .get(token.stream().value().substring("wallet|".length()), token, within)
                .toCompletableFuture()
                .join();
    }

    /** Every wallet has one more for each event. */
    private static void assertSeen(ConsistencyToken token, AllFrame... all) {
        for (AllFrame member : all) {
            assertThat(asked(member, token, PATIENCE)).isInstanceOfSatisfying(Seen.class, seen -> assertThat(
                    ((Optional<?>) seen.value()).map(row -> ((Total) row).amount().longValueExact()))
                    .hasValueSatisfying(amount -> assertThat(amount).isGreaterThanOrEqualTo(token.sequenceNr())));
        }
    }

    private static ProjectionMetadata described(AllFrame member) {
        return member.projections().describe(TOTALS.name());
    }

    private static String digest(AllFrame member) {
        return described(member).digest();
    }

    private static void awaitState(AllFrame member, ProjectionState state) {
        await().atMost(PATIENCE).until(() -> described(member).state() == state);
    }
}
