package dev.allframe.runtime.reaction;

import static dev.allframe.runtime.reaction.Bells.BELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.reaction.Bells.Runner;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreFullException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that fails changes of states: before they are made, or behind. */
final class UnstoredPositionTest {

    private static final ActorSystem<Void> SYSTEM = Bells.system();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum Failing {
        NEVER, BEFORE, BEHIND
    }

    private volatile Failing failing = Failing.NEVER;
    private final EventStoreBackend memory = InMemoryBackend.unbounded();
    private final Bells bells = new Bells(failingStore());
    private final Queue<Integer> seen = new ConcurrentLinkedQueue<>();
    private final Runner runner = bells.start(SYSTEM, ReactionType.named("mails").from(BELL, (event, info) -> {
        seen.add(event.number());
        return CompletableFuture.completedFuture(null);
    }).fromStart().unsaved(3));

    private EventStoreBackend failingStore() {
        return (EventStoreBackend) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{EventStoreBackend.class}, (proxy, method, arguments) -> {
                    boolean change = method.getName().equals("upsertState");
                    StoreFullException full = new StoreFullException("no room");
                    if (change && failing == Failing.BEFORE) {
                        return CompletableFuture.failedFuture(full);
                    }
                    try {
                        Object answer = method.invoke(memory, arguments);
                        return change && failing == Failing.BEHIND ? CompletableFuture.failedFuture(full) : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @AfterEach
    void stop() {
        runner.crash();
    }

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().join();
    }

    private void awaitCovered() {
        await().atMost(PATIENCE).until(() -> bells.areCovered(runner));
    }

    private void ring(int from, int to) {
        for (int i = from; i <= to; i++) {
            bells.ring("a", i);
        }
    }

    @Test
    void effects_go_on_until_too_many_are_not_covered_and_none_is_repeated() {
        ring(1, 1);
        awaitCovered();
        failing = Failing.BEFORE;
        ring(2, 9);
        await().atMost(PATIENCE).until(() -> runner.progress().now().trouble().contains("no room"));
        await().atMost(PATIENCE).until(() -> seen.size() == 4);

        failing = Failing.NEVER;

        awaitCovered();
        assertThat(seen).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(runner.progress().now().trouble()).isEmpty();
    }

    @Test
    void a_change_that_was_made_although_it_seemed_to_fail_is_the_owner_s_own() {
        ring(1, 1);
        awaitCovered();
        failing = Failing.BEHIND;
        ring(2, 3);
        await().atMost(PATIENCE).until(() -> runner.progress().now().trouble().contains("no room"));

        failing = Failing.NEVER;

        awaitCovered();
        ring(4, 5);
        awaitCovered();
        assertThat(seen).containsExactly(1, 2, 3, 4, 5);
    }
}
