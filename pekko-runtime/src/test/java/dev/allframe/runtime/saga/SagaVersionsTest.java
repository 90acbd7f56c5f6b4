package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.StepOption.into;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandOptions;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.ClusterMembers;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two members with different versions of a saga, as when the code of members is replaced one by one. */
@Guarantee("G9")
final class SagaVersionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Stored("gift")
    record Gift(String vault) {}

    private static SagaType<Gift> gift(int version) {
        return SagaType.named("gift", version(version), Gift.class)
                .step("give", command(VAULT, Gift::vault, gift -> new VaultCommand.Credit("gift", version)),
                        nothingToUndo());
    }

    private static SagaType<Gift> startedByOpening(SagaType<Gift> type) {
        return type.startedBy(VAULT, VaultEvent.Opened.class, (opened, info) -> new Gift(info.id())).fromBeginning();
    }

    private static final SagaType<Gift> FIRST = gift(1);
    private static final SagaType<Gift> SECOND = gift(2);

    private final ClusterMembers members = new ClusterMembers();
    private final ActorSystem<Void> older = members.joined(members.shared());

    @AfterEach
    void stop() {
        members.close();
    }

    private static AllFrame start(ActorSystem<Void> system, SagaType<?>... sagas) {
        AllFrame.Builder builder = AllFrame.on(system).aggregate(VAULT);
        Stream.of(sagas).forEach(builder::saga);
        return builder.start();
    }

    private static SagaError error(AllFrame member, SagaType<Gift> type, String id) {
        return member.sagas()
                .start(type, id, new Gift("v"))
                .handle((saga, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause instanceof SagaException refused) {
                        return refused.error();
                    }
                    throw new AssertionError("was started, or failed otherwise", failure);
                })
                .toCompletableFuture()
                .join();
    }

    private static SagaStatus ended(AllFrame member, SagaType<Gift> type, String id) {
        return member.sagas()
                .start(type, id, new Gift("v"))
                .thenCompose(SagaHandle::ended)
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static void open(AllFrame member, String vault) {
        member.commands()
                .dispatchAndWait(VAULT, vault, new VaultCommand.Open(1), CommandOptions.none().within(PATIENCE))
                .orThrow();
    }

    /** Sagas of many ids live on both members, so that both refuse. */
    @Test
    void a_version_is_not_started_before_every_member_has_it() {
        AllFrame old = start(older, FIRST);
        open(old, "v");
        AllFrame current = start(members.joined(members.shared()), FIRST, SECOND);

        for (int i = 0; i < 20; i++) {
            assertThat(error(current, SECOND, "s" + i)).isInstanceOfSatisfying(SagaError.Unavailable.class, early -> {
                assertThat(early.code()).isEqualTo("not-yet-readable");
                assertThat(early.retryable()).isTrue();
            });
            assertThat(ended(i % 2 == 0 ? current : old, FIRST, "f" + i).phase()).isEqualTo(Phase.COMPLETED);
        }
        assertThat(current.sagas().find(SagaQuery.all()).sagas()).as("nothing of the newer one is stored")
                .hasSize(20)
                .allMatch(saga -> saga.version() == 1);

        old.close();
        members.stop(older);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(ended(current, SECOND, "s0").version()).isEqualTo(2));
    }

    /** The reaction that starts them runs on either member. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_event_starts_the_newest_version_that_every_member_has(boolean olderReacts) {
        SagaType<Gift> first = startedByOpening(FIRST);
        SagaType<Gift> second = startedByOpening(SECOND);
        AllFrame old;
        AllFrame current;
        if (olderReacts) {
            old = start(older, first);
            current = start(members.joined(members.shared()), first, second);
        } else {
            current = start(members.joined(members.shared()), first, second);
            old = start(older, first);
        }
        open(current, "a");
        awaitCompleted(current, 1);

        old.close();
        members.stop(older);
        await().atMost(PATIENCE).until(() -> {
            open(current, "b" + System.nanoTime());
            return current.sagas().find(SagaQuery.all()).sagas().stream().anyMatch(saga -> saga.version() == 2);
        });
        open(current, "c");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(current.sagas().find(SagaQuery.all()).sagas())
                        .anySatisfy(saga -> {
                            assertThat(saga.id()).isEqualTo("vault/c#1");
                            assertThat(saga.version()).isEqualTo(2);
                        }));
        assertThat(current.sagas().find(SagaQuery.all()).sagas()).as("each vault once")
                .extracting(SagaStatus::id)
                .doesNotHaveDuplicates();
    }

    private static void awaitCompleted(AllFrame member, int version) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(member.sagas().find(SagaQuery.all()).sagas())
                        .extracting(SagaStatus::phase, SagaStatus::version)
                        .isEqualTo(List.of(tuple(Phase.COMPLETED, version))));
    }

    /** Steps are part of a version: with others, a member would not run the sagas of this one. */
    @Test
    void a_version_with_other_steps_is_another_one() {
        SagaType<Gift> changed = FIRST.step("again",
                command(VAULT, Gift::vault, gift -> new VaultCommand.Credit("again", 1)), nothingToUndo());
        AllFrame old = start(older, FIRST);
        open(old, "v");
        AllFrame current = start(members.joined(members.shared()), changed);

        assertThat(error(current, changed, "s")).isInstanceOf(SagaError.Unavailable.class)
                .extracting(SagaError::message)
                .asString()
                .contains("saga 'gift' with steps")
                .contains("cannot be read by member");
    }

    @Stored("present")
    record Present(String vault, int opened) {}

    /** The same context with another component. */
    @Stored(value = "present", version = 2)
    record WrappedPresent(String vault, int opened, @Since(version = 2, defaultValue = "red") String paper) {}

    private static <T> SagaType<T> present(int number, Class<T> context, Function<T, String> vault, T next) {
        return SagaType.named("present", version(number), context)
                .step("first", command(VAULT, vault, present -> new VaultCommand.Credit("first", 1),
                        into((before, credited) -> next)), nothingToUndo())
                .step("second", command(VAULT, vault, present -> new VaultCommand.Credit("second", 1)),
                        nothingToUndo());
    }

    private static final SagaType<Present> PLAIN = present(1, Present.class, Present::vault, new Present("v", 1));
    private static final SagaType<WrappedPresent> WRAPPED = present(1, WrappedPresent.class, WrappedPresent::vault,
            new WrappedPresent("v", 0, "blue"));

    private static final SagaType<Present> NEXT = present(2, Present.class, Present::vault, new Present("v", 1));

    @Test
    void a_context_that_a_new_version_has_too_is_stored_by_the_old_version() {
        AllFrame old = start(older, PLAIN);
        open(old, "v");
        AllFrame current = start(members.joined(members.shared()), PLAIN, NEXT);

        List<CompletableFuture<SagaStatus>> ends = IntStream.range(0, 20)
                .mapToObj(i -> current.sagas()
                        .start(PLAIN, "p" + i, new Present("v", 0))
                        .thenCompose(SagaHandle::ended)
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .toList();

        assertThat(ends).allSatisfy(end -> assertThat(end.join().phase()).isEqualTo(Phase.COMPLETED));
    }

    private static CompletionStage<SagaHandle> startWrapped(AllFrame member, String id) {
        return member.sagas().start(WRAPPED, id, new WrappedPresent("v", 0, "green"));
    }

    @Test
    void a_form_of_the_context_is_not_stored_before_every_member_reads_it() {
        AllFrame old = start(older, PLAIN);
        open(old, "v");
        AllFrame current = start(members.joined(members.shared()), WRAPPED);

        List<String> refusals = IntStream.range(0, 20)
                .mapToObj(i -> catchThrowable(startWrapped(current, "s" + i).toCompletableFuture()::join))
                .map(Throwable::getMessage)
                .toList();
        assertThat(refusals).as("by whichever member it would live on")
                .allMatch(message -> message.contains("SagaException: not-yet-readable"))
                .anyMatch(message -> message.contains("'present.present' of saga 'present' version 1 version 2")
                        && message.contains("cannot be read by member"));
        for (int i = 0; i < 20; i++) {
            old.sagas().start(PLAIN, "p" + i, new Present("v", 0)).toCompletableFuture().join();
        }
        assertThat(current.sagas().find(SagaQuery.all()).sagas()).extracting(SagaStatus::id)
                .allMatch(id -> id.startsWith("p"));

        old.close();
        members.stop(older);
        await().atMost(PATIENCE)
                .until(() -> current.sagas().find(SagaQuery.all().in(Phase.COMPLETED)).sagas().size() == 20);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(startWrapped(current, "s0").thenCompose(SagaHandle::ended)
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join()
                        .phase()).isEqualTo(Phase.COMPLETED));
    }
}
