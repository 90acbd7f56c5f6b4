package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.ReplacingTest.NEW;
import static dev.allframe.runtime.ReplacingTest.OLD;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandOptions;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewAnswer.Seen;
import dev.allframe.runtime.ReplacingTest.Cents;
import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator's decision between two versions of a view, on each of two members and on one that comes later. */
@Guarantee("G6")
final class ReplacingOnTwoMembersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CommandOptions PATIENT = CommandOptions.none().within(PATIENCE);
    private static final Order ORDER = Order.of("the test", "to see who follows");

    private final ClusterMembers members = new ClusterMembers();

    @AfterEach
    void stop() {
        members.close();
    }

    private AllFrame join() {
        ActorSystem<Void> member = members.joined(members.shared());
        return AllFrame.on(member).aggregate(WALLET).projection(NEW).start();
    }

    private static ConsistencyToken pay(AllFrame member, String wallet) {
        return member.commands().dispatchAndWait(WALLET, wallet, put(1), PATIENT).orThrow().token();
    }

    private static void assertSeen(AllFrame member, ConsistencyToken token, Cents row) {
        assertThat(member.view(NEW).get("red-1", token, PATIENCE).toCompletableFuture().join())
                .isEqualTo(new Seen<>(Optional.of(row)));
    }

    private static ProjectionMetadata described(AllFrame member) {
        return member.projections().describe(NEW.name());
    }

    private static void switched(AllFrame by, ProjectionType<?, ?> to, AllFrame... all) {
        by.projections().switchTo(to, PATIENCE, ORDER).toCompletableFuture().join();
        for (AllFrame member : all) {
            await().atMost(PATIENCE).until(() -> described(member).version() == to.version().number());
        }
    }

    @Test
    void every_member_follows_a_switch_a_rollback_and_an_end_also_one_that_comes_later() {
        AllFrame one = join();
        AllFrame two = join();
        pay(one, "red-1");
        ConsistencyToken second = pay(two, "red-1");
        assertSeen(one, second, new Cents(200, 1, "red"));
        assertSeen(two, second, new Cents(200, 1, "red"));

        switched(two, NEW, one, two);
        ConsistencyToken third = pay(two, "red-1");
        assertSeen(one, third, new Cents(300, 3, "red"));
        assertSeen(two, third, new Cents(300, 3, "red"));
        AllFrame later = join();
        await().atMost(PATIENCE).until(() -> described(later).version() == 2);
        assertSeen(later, third, new Cents(300, 3, "red"));

        switched(one, OLD, one, two, later);
        assertSeen(later, third, new Cents(300, 1, "red"));
        switched(one, NEW, one, two, later);
        one.projections().finish(NEW.name(), ORDER).toCompletableFuture().join();
        for (AllFrame member : new AllFrame[]{one, two, later}) {
            await().atMost(PATIENCE)
                    .until(() -> Objects.requireNonNull(described(member).other())
                            .state() == ProjectionState.RETIRED);
            assertSeen(member, pay(one, "blue-1"), new Cents(300, 3, "red"));
        }
    }
}
