package dev.allframe.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.Registration;
import dev.allframe.streams.Pages.Page;
import dev.allframe.streams.Pages.Then;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class PagedSourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ActorSystem SYSTEM = ActorSystem.create("paged-source");

    private final Storage storage = new Storage();

    @AfterAll
    static void endSystem() {
        SYSTEM.terminate();
    }

    /** Shows each read of a stream to the test, which answers it. */
    private static final class Storage implements Pages<String> {

        private final BlockingQueue<CompletableFuture<Page<String>>> reads = new LinkedBlockingQueue<>();
        private final CompletableFuture<Runnable> wakeUp = new CompletableFuture<>();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<Page<String>> next() {
            CompletableFuture<Page<String>> read = new CompletableFuture<>();
            reads.add(read);
            return read;
        }

        Registration register(Runnable wake) {
            wakeUp.complete(wake);
            return () -> closed.complete(null);
        }

        CompletableFuture<Page<String>> awaitRead() throws InterruptedException {
            CompletableFuture<Page<String>> read = reads.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(read).as("a read").isNotNull();
            return read;
        }

        void wake() {
            wakeUp.join().run();
        }
    }

    private SinkQueueWithCancel<String> follow() {
        return run(PagedSource.live(() -> storage, storage::register));
    }

    /** A consumer that asks for an element only when it is pulled, and for one more ahead. */
    private static SinkQueueWithCancel<String> run(Source<String, ?> source) {
        return source.runWith(Sink.<String>queue().withAttributes(Attributes.inputBuffer(1, 1)), SYSTEM);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static Page<String> page(Then then, String... elements) {
        return new Page<>(List.of(elements), then);
    }

    @Test
    void a_page_is_read_when_the_elements_of_the_one_before_were_taken() throws Exception {
        SinkQueueWithCancel<String> elements = follow();

        storage.awaitRead().complete(page(Then.READ_ON, "a", "b", "c"));

        assertThat(await(elements.pull())).contains("a");
        assertThat(storage.reads).isEmpty(); // "b" was asked for ahead, "c" stands before the next page
        assertThat(await(elements.pull())).contains("b");
        assertThat(await(elements.pull())).contains("c");
        storage.awaitRead().complete(page(Then.COMPLETE, "d"));
        assertThat(await(elements.pull())).contains("d");
        assertThat(await(elements.pull())).isEmpty();
        assertThat(storage.closed).succeedsWithin(PATIENCE);
    }

    @Test
    void at_the_end_a_stream_reads_again_when_it_is_woken_and_not_before() throws Exception {
        SinkQueueWithCancel<String> elements = follow();
        storage.awaitRead().complete(page(Then.WAIT, "a"));
        assertThat(await(elements.pull())).contains("a");
        CompletionStage<Optional<String>> next = elements.pull();
        assertThat(storage.reads).isEmpty();

        storage.wake();

        storage.awaitRead().complete(page(Then.WAIT, "b"));
        assertThat(await(next)).contains("b");
    }

    @Test
    void an_append_during_a_read_that_has_missed_it_leads_to_another_read() throws Exception {
        SinkQueueWithCancel<String> elements = follow();
        CompletionStage<Optional<String>> first = elements.pull();
        CompletableFuture<Page<String>> missing = storage.awaitRead();

        storage.wake();
        missing.complete(page(Then.WAIT));

        storage.awaitRead().complete(page(Then.WAIT, "appended"));
        assertThat(await(first)).contains("appended");
    }

    @Test
    void pages_without_elements_are_passed_over_however_many_they_are() {
        int[] left = {100_000};
        Pages<String> empty = () -> CompletableFuture
                .completedFuture(left[0]-- > 0 ? page(Then.READ_ON) : page(Then.COMPLETE, "last"));

        SinkQueueWithCancel<String> elements = run(PagedSource.current(() -> empty));

        assertThat(await(elements.pull())).contains("last");
        assertThat(await(elements.pull())).isEmpty();
    }

    @Test
    void a_stream_fails_with_the_failure_of_a_read_whether_it_is_thrown_now_or_later() {
        IOException damaged = new IOException("damaged");
        Supplier<Pages<String>> throwing = () -> () -> {
            throw new IllegalStateException(damaged);
        };
        Supplier<Pages<String>> failing = () -> () -> CompletableFuture
                .supplyAsync(() -> {
                    throw new CompletionException(damaged);
                });

        assertThatThrownBy(() -> await(run(PagedSource.current(throwing)).pull()))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasRootCause(damaged);
        assertThatThrownBy(() -> await(run(PagedSource.current(failing)).pull())).cause().isSameAs(damaged);
    }

    @Test
    void the_registration_is_closed_when_the_consumer_leaves_or_a_read_fails() throws Exception {
        SinkQueueWithCancel<String> leaving = follow();
        assertThat(storage.awaitRead()).isNotDone();
        leaving.cancel();
        assertThat(storage.closed).succeedsWithin(PATIENCE);

        Storage failing = new Storage();
        run(PagedSource.live(() -> failing, failing::register));
        failing.awaitRead().completeExceptionally(new IOException("damaged"));
        assertThat(failing.closed).succeedsWithin(PATIENCE);
    }
}
