package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file of this machine's file system.
 *
 * <p>The JDK closes a channel, for all who use it, when a thread is interrupted that reads or writes through it. So an
 * operation begins with the thread's interrupt put aside, and is repeated through a new channel, on another thread,
 * where an interrupt has closed the one that it used; at its end the thread is interrupted as it was. A new channel
 * needs the file under the name with which it was opened.
 */
final class RealFile implements DiskFile {

    /**
     * The JDK keeps a direct buffer as large as the largest heap buffer that a thread ever used, so larger ones go
     * through in slices.
     */
    private static final int SLICE_BYTES = 1 << 20;

    private final Path path;
    private final Set<OpenOption> options;
    private final @Nullable Object identity;
    private volatile FileChannel channel;
    private boolean closed; // guarded by this

    private RealFile(Path path, Set<OpenOption> options, FileChannel channel) throws IOException {
        this.path = path;
        this.options = options;
        this.channel = channel;
        this.identity = identity(path);
    }

    static RealFile open(Path path, StandardOpenOption... options) throws IOException {
        try {
            FileChannel channel = FileChannel.open(path, options);
            try {
                return new RealFile(path, Arrays.stream(options)
                        .filter(option -> option != StandardOpenOption.CREATE_NEW)
                        .collect(Collectors.toUnmodifiableSet()), channel);
            } catch (IOException | RuntimeException failed) {
                try (channel) {
                    throw failed;
                }
            }
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private interface Operation<T> {

        T on(FileChannel channel) throws IOException;
    }

    private <T> T uninterrupted(Operation<T> operation) throws IOException {
        boolean interrupted = Thread.interrupted();
        boolean again = false;
        try {
            while (true) {
                FileChannel used = channel;
                try {
                    // interrupts in a row must not keep an operation from its end
                    return again
                            ? Uninterrupted.call("allframe-store-file", () -> operation.on(used))
                            : operation.on(used);
                } catch (ClosedChannelException ended) {
                    interrupted |= Thread.interrupted();
                    replace(used, ended);
                    again = true;
                }
            }
        } catch (IOException failure) {
            throw NoSpaceException.where(failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void replace(FileChannel ended, ClosedChannelException why) throws IOException {
        if (closed) {
            throw why;
        }
        if (channel.equals(ended)) { // else another thread has replaced it
            FileChannel next = FileChannel.open(path, options);
            if (!Objects.equals(identity, identity(path))) {
                try (next) {
                    throw why;
                }
            }
            channel = next;
        }
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
        int begin = bytes.position();
        int end = bytes.limit();
        uninterrupted(used -> {
            try {
                bytes.position(begin);
                while (bytes.position() < end) {
                    bytes.limit(slice(bytes, end));
                    used.write(bytes, offset + bytes.position() - begin);
                }
                return end;
            } finally {
                bytes.limit(end);
            }
        });
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
        int begin = into.position();
        int end = into.limit();
        return uninterrupted(used -> {
            try {
                into.position(begin);
                while (into.position() < end) {
                    into.limit(slice(into, end));
                    if (used.read(into, offset + into.position() - begin) < 0) {
                        break;
                    }
                }
                return into.position() - begin;
            } finally {
                into.limit(end);
            }
        });
    }

    private static int slice(ByteBuffer buffer, int end) {
        return buffer.isDirect() ? end : Math.min(end, buffer.position() + SLICE_BYTES);
    }

    @Override
    public void force() throws IOException {
        force(false);
    }

    /** As {@link #force()}; on demand with the times of the file, which takes longer. */
    void force(boolean times) throws IOException {
        uninterrupted(used -> {
            used.force(times);
            return used;
        });
    }

    @Override
    public void truncate(long length) throws IOException {
        uninterrupted(used -> used.truncate(length));
    }

    @Override
    public long length() throws IOException {
        return uninterrupted(FileChannel::size);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
