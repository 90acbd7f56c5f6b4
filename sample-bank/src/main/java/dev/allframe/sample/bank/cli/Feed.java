package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.sample.bank.account.AccountEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Where events of accounts go to as lines of JSON, a file that is appended to or standard output. A line is forced to
 * the disk before its event counts as done; those that come at the same time are forced together. Thread-safe.
 */
final class Feed implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final EventCodec<AccountEvent> CODEC = JacksonEventCodec.of(ACCOUNT);

    /** Where lines go to. */
    interface Sink extends AutoCloseable {

        /**
         * Changes nothing.
         *
         * @throws IOException if lines cannot be written, in words
         */
        default void check() throws IOException {}

        /** Comes before the first lines. */
        default void open() throws IOException {}

        /** Writes lines, and returns when they are safe. */
        void write(String lines) throws IOException;

        @Override
        default void close() throws IOException {}
    }

    private record Line(String text, CompletableFuture<Void> written) {}

    private final Sink sink;
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    private List<Line> waiting = new ArrayList<>();
    private boolean writing;

    Feed(Sink sink) {
        this.sink = sink;
    }

    /** Lines on standard output. */
    static Feed to(Output output) {
        return new Feed(output::write);
    }

    /** Lines behind those of a file. */
    static Feed to(Path path) {
        return new Feed(new FeedFile(path));
    }

    /**
     * Changes nothing.
     *
     * @throws IOException if lines cannot be written, in words
     */
    void check() throws IOException {
        sink.check();
    }

    /** Lets events through; until then they wait. */
    void open() throws IOException {
        sink.open();
        open.complete(null);
    }

    /** Whether lines are being written, or wait to be. */
    synchronized boolean isWriting() {
        return writing;
    }

    /** An event as a line; completes when it is written. */
    CompletionStage<Void> send(AccountEvent event, ReactionInfo info) {
        Line line = new Line(line(event, info), new CompletableFuture<>());
        return open.thenCompose(opened -> {
            add(line);
            return line.written;
        });
    }

    private static String line(AccountEvent event, ReactionInfo info) {
        try {
            EncodedEvent encoded = CODEC.encode(event);
            ObjectNode json = JSON.createObjectNode()
                    .put("key", info.idempotencyKey())
                    .put("account", info.id())
                    .put("number", info.sequenceNr())
                    .put("stored", info.timestamp().toString())
                    .put("type", encoded.type());
            json.set("event", JSON.readTree(encoded.bytes()));
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private synchronized void add(Line line) {
        waiting.add(line);
        if (!writing) {
            writing = true;
            Thread.startVirtualThread(this::write);
        }
    }

    private void write() {
        for (List<Line> lines = next(); !lines.isEmpty(); lines = next()) {
            try {
                sink.write(lines.stream().map(Line::text).collect(Collectors.joining()));
                lines.forEach(line -> line.written.complete(null));
            } catch (IOException | RuntimeException failed) {
                lines.forEach(line -> line.written.completeExceptionally(failed));
            }
        }
    }

    private synchronized List<Line> next() {
        List<Line> lines = waiting;
        waiting = new ArrayList<>();
        writing = !lines.isEmpty();
        return lines;
    }

    /** Events that were not let through have failed. */
    @Override
    public void close() throws IOException {
        open.completeExceptionally(new IOException("the command has ended"));
        sink.close();
    }
}
