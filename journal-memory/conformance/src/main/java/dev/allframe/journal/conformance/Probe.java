package dev.allframe.journal.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;

/** Takes the elements of a stream one by one, and only when asked. */
final class Probe<T> implements AutoCloseable {

    private final SinkQueueWithCancel<T> queue;

    private Probe(SinkQueueWithCancel<T> queue) {
        this.queue = queue;
    }

    static <T> Probe<T> of(Source<T, NotUsed> source, ActorSystem system) {
        return new Probe<>(source.runWith(Sink.<T>queue().withAttributes(Attributes.inputBuffer(1, 1)), system));
    }

    T next() throws Exception {
        return pull().orElseThrow(() -> new AssertionError("the stream is complete where an element was due"));
    }

    List<T> next(int count) throws Exception {
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(next());
        }
        return elements;
    }

    /** The end of the stream, which must be the next that comes. */
    void expectComplete() throws Exception {
        Optional<T> next = pull();
        if (next.isPresent()) {
            throw new AssertionError("the stream goes on with " + next.get());
        }
    }

    /** Asks for an element without waiting for it. */
    CompletionStage<Optional<T>> ask() {
        return queue.pull();
    }

    private Optional<T> pull() throws Exception {
        return queue.pull().toCompletableFuture().get(PluginConformance.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        queue.cancel();
    }
}
