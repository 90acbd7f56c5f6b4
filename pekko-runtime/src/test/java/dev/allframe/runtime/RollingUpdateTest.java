package dev.allframe.runtime;

import static dev.allframe.runtime.CodeVersions.FIRST;
import static dev.allframe.runtime.CodeVersions.OF_KIND;
import static dev.allframe.runtime.CodeVersions.OF_MORE_KINDS;
import static dev.allframe.runtime.CodeVersions.SECOND;
import static dev.allframe.runtime.CodeVersions.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.evolution.Upcasters;
import dev.allframe.runtime.CodeVersions.First;
import dev.allframe.runtime.CodeVersions.Open;
import dev.allframe.runtime.CodeVersions.Second;
import dev.allframe.runtime.CodeVersions.Tolerant;
import dev.allframe.runtime.CodeVersions.TolerantOfOthers;
import dev.allframe.runtime.rolling.NotYetReadableException;
import dev.allframe.store.ExpectedVersion;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Two members that run different versions of the code, of which the newer one hosts, so that it is known which one
 * stores.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G9")
final class RollingUpdateTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CommandOptions PATIENT = CommandOptions.none().within(PATIENCE);
    private static final String ELSEWHERE = "\nallframe.sharding.role = host";
    private static final String HERE = ELSEWHERE + "\npekko.cluster.roles = [host]";

    private final ClusterMembers members = new ClusterMembers();
    private final ActorSystem<Void> older = members.joined(members.shared() + ELSEWHERE);

    @AfterEach
    void stop() {
        members.close();
    }

    private CommandBus newer(String more) {
        return newerNode(more).commands();
    }

    private AllFrame newerNode(String more) {
        return AllFrame.on(members.joined(members.shared() + HERE + more)).aggregate(SECOND).start();
    }

    private CommandBus older(AggregateType<?, ?, ?> type) {
        return AllFrame.on(older).aggregate(type).start().commands();
    }

    private static <E extends Event> CommandResult<E> open(CommandBus bus, AggregateType<Open, E, Integer> type) {
        return bus.dispatchAndWait(type, "a", new Open("Ann"), PATIENT);
    }

    private static void assertNotYet(CommandResult<?> result, String... words) {
        assertThat(result).isInstanceOfSatisfying(CommandResult.Failed.class, failed -> {
            assertThat(failed.error()).isInstanceOf(CommandError.NotYetReadable.class);
            assertThat(failed.error().message()).contains(words);
            assertThat(failed.error().retryable()).isTrue();
        });
    }

    @Test
    void a_version_is_not_stored_before_every_member_can_read_it() {
        CommandBus old = older(FIRST);
        AllFrame node = newerNode("");
        CommandBus current = node.commands();

        assertThatThrownBy(() -> node.eventStore(SECOND)
                .append("a", ExpectedVersion.any(), List.of(new Second("Ann", 7)))
                .toCompletableFuture()
                .join())
                .hasCauseInstanceOf(NotYetReadableException.class)
                .hasMessageContaining("account.opened version 2");
        assertNotYet(open(current, SECOND), "account.opened version 2 cannot be read by member",
                Cluster.get(older).selfMember().address().toString());
        assertNotYet(open(old, FIRST), "account.opened version 2");

        members.stop(older);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(open(current, SECOND)).isInstanceOf(CommandResult.Accepted.class));
    }

    @Test
    void a_member_that_starts_older_code_later_counts_from_then_on() {
        CommandBus current = newer("\nallframe.rolling-update.join-patience = 1ms");
        older(FIRST);

        assertNotYet(open(current, SECOND), "cannot be read by member");
    }

    @Test
    void the_operator_may_store_it_at_once() {
        CommandBus old = older(FIRST);
        CommandBus current = newer("\nallframe.rolling-update.store-new-versions = always");

        assertThat(open(current, SECOND).orThrow().events()).containsExactly(new Second("Ann", 7));
        assertThat(open(old, FIRST)).as("stored, and not readable where it was asked for")
                .isInstanceOfSatisfying(CommandResult.Failed.class,
                        failed -> assertThat(failed.error()).isInstanceOf(CommandError.NoAnswer.class));
    }

    @Test
    void older_code_that_ignores_what_it_does_not_know_reads_what_newer_code_stores() {
        AggregateType<Open, Tolerant, Integer> tolerant = account(Tolerant.class, () -> new Tolerant("Ann"));
        CommandBus old = older(tolerant);
        CommandBus current = newer("");

        assertThat(open(current, SECOND).orThrow().events()).containsExactly(new Second("Ann", 7));
        assertThat(open(old, tolerant).orThrow().events()).containsExactly(new Tolerant("Ann"));
    }

    @Test
    void older_code_that_needs_what_newer_code_does_not_store_holds_it_back() {
        older(account(TolerantOfOthers.class, () -> new TolerantOfOthers("Ann", "Prague")));

        assertNotYet(open(newer(""), SECOND), "cannot be read by member");
    }

    @Test
    void a_version_that_has_become_wider_is_held_back_too() {
        older(OF_KIND);
        CommandBus current = AllFrame.on(members.joined(members.shared() + HERE))
                .aggregate(OF_MORE_KINDS)
                .start()
                .commands();

        assertNotYet(open(current, OF_MORE_KINDS), "account.opened version 1 cannot be read by member");
    }

    @Test
    void older_code_that_has_a_step_back_reads_what_newer_code_stores() {
        AggregateType<Open, First, Integer> taught = FIRST.upcasting(Upcasters.json("opened", 2).to(1, tree -> {
            tree.remove("limit");
            return tree;
        }));
        CommandBus old = older(taught);
        CommandBus current = newer("");

        assertThat(open(current, SECOND).orThrow().sequenceNr()).isEqualTo(1);
        assertThat(open(old, taught).orThrow().events()).containsExactly(new First("Ann"));
    }

    @Test
    void a_member_that_has_no_such_aggregate_reads_nothing_of_it() {
        older(Wallets.WALLET);

        assertThat(open(newer(""), SECOND).orThrow().sequenceNr()).isEqualTo(1);
    }

    /** Something of version 1 is stored, and the member that has stored it is gone. */
    private void storedBefore() {
        AllFrame.on(older).start(); // keeps the store open, and reads nothing
        ActorSystem<Void> before = members
                .joined(members.shared() + HERE + "\nallframe.rolling-update.store-new-versions = always");
        assertThat(open(AllFrame.on(before).aggregate(FIRST).start().commands(), FIRST).orThrow().sequenceNr())
                .isEqualTo(1);
        members.stop(before);
    }

    @Test
    void what_was_never_stored_waits_until_a_member_that_has_joined_has_told_what_it_reads() {
        storedBefore();
        CommandBus current = newer("\nallframe.rolling-update.join-patience = 1h");

        assertNotYet(open(current, SECOND), "nothing of account.opened version 2 was ever stored", "has not told yet");

        older(SECOND);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(open(current, SECOND)).isInstanceOf(CommandResult.Accepted.class));
    }

    @Test
    void that_goes_for_an_empty_store_too() {
        CommandBus current = newer("\nallframe.rolling-update.join-patience = 1h");

        assertNotYet(open(current, SECOND), "nothing of account.opened version 2 was ever stored");
    }

    @Test
    void a_member_that_has_had_time_to_tell_runs_no_such_code() {
        storedBefore();
        CommandBus current = newer("\nallframe.rolling-update.join-patience = 1ms");

        assertThat(open(current, SECOND).orThrow().sequenceNr()).isEqualTo(2);
    }
}
