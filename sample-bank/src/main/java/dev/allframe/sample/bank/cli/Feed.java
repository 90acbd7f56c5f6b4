package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where events of accounts go to as lines of JSON, a file that is appended to or standard output. A line is forced to
 * the disk before its event counts as done; those that come at the same time are forced together. Thread-safe.
 */
final class Feed implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final EventCodec<AccountEvent> CODEC = JacksonEventCodec.of(ACCOUNT);

    /** Writes lines, and returns when they are safe. */
    private interface Sink {
        void write(String lines) throws IOException;
    }

    private record Line(String text, CompletableFuture<Void> written) {}

    private final Sink sink;
    private final @Nullable FileChannel file;
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    private List<Line> waiting = new ArrayList<>();
    private boolean writing;

    private Feed(Sink sink, @Nullable FileChannel file) {
        this.sink = sink;
        this.file = file;
    }

    /** Lines on standard output. */
    static Feed to(Output output) {
        return new Feed(output::write, null);
    }

    /** Lines behind those of a file. What is left of a line that was never whole is cut off: its event is not done. */
    static Feed to(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        file.truncate(endOfLastLine(file));
        file.position(file.size());
        return new Feed(lines -> append(file, lines), file);
    }

    /** All of the lines, or none of them. */
    private static void append(FileChannel file, String lines) throws IOException {
        long before = file.position();
        try {
            ByteBuffer left = ByteBuffer.wrap(lines.getBytes(UTF_8));
            while (left.hasRemaining()) {
                file.write(left);
            }
            file.force(false);
        } catch (IOException failed) {
            file.truncate(before);
            throw failed;
        }
    }

    private static long endOfLastLine(FileChannel file) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        long end = file.size();
        while (end > 0) {
            file.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        return end;
    }

    /** Lets events through; until then they wait. */
    void open() {
        open.complete(null);
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
        if (file != null) {
            file.close();
        }
    }
}
