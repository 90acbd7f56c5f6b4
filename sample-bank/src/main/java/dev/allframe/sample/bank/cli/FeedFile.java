package dev.allframe.sample.bank.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The file to which a feed appends. Nothing is changed before it is opened, and nothing that was there is ever cut but
 * what a feed that was killed has left of a line: while a feed writes, a note beside the file says how long the file
 * was before. Thread-safe.
 */
final class FeedFile implements Feed.Sink {

    /** How every line of a feed begins. */
    private static final byte[] LINE = "{\"key\":\"account|".getBytes(UTF_8);

    /** So many bytes are looked at together for the end of a line. */
    private static final int BLOCK = 64 << 10;

    private static final long NOTHING = Long.MAX_VALUE;

    /** Both until the end: closing one of them would unlock the file. */
    private record Opened(FileChannel writer, FileChannel reader) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            try (writer) {
                reader.close();
            }
        }
    }

    private final Path path;
    private final Path note;
    private @Nullable Opened file;

    FeedFile(Path path) {
        this.path = path;
        note = path.resolveSibling(path.getFileName() + ".replay");
    }

    /**
     * Changes nothing.
     *
     * @throws IOException if lines cannot be appended, in words
     */
    @Override
    public void check() throws IOException {
        if (!Files.exists(path)) {
            Path folder = folder();
            if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
                throw new IOException("there is no folder " + folder + ", or it cannot be written");
            }
            return;
        }
        if (!Files.isRegularFile(path)) {
            throw new IOException("it is no file");
        }
        try (FileChannel reader = FileChannel.open(path, StandardOpenOption.READ);
                FileChannel unused = FileChannel.open(path, StandardOpenOption.APPEND)) {
            checkEnd(reader);
        }
    }

    @Override
    public synchronized void open() throws IOException {
        FileChannel writer = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        try {
            lock(writer);
            file = new Opened(writer, FileChannel.open(path, StandardOpenOption.READ));
            checkEnd(file.reader);
            long end = endOfLastLine(file.reader);
            if (noted() == NOTHING) {
                forced(note, Long.toString(end));
            }
            forceFolder();
            writer.truncate(end);
            writer.force(true);
        } catch (IOException failed) {
            try (writer; Opened unused = file) {
                file = null;
            }
            throw failed;
        }
    }

    private static void lock(FileChannel writer) throws IOException {
        try {
            if (writer.tryLock() != null) {
                return; // until it is closed
            }
        } catch (OverlappingFileLockException other) {
            throw new IOException("another command writes to it", other);
        }
        throw new IOException("another command writes to it");
    }

    /** All of the lines, or none of them. */
    @Override
    public synchronized void write(String lines) throws IOException {
        if (file == null) {
            throw new IOException("it is not open");
        }
        FileChannel writer = file.writer;
        long before = writer.size();
        ByteBuffer left = ByteBuffer.wrap(lines.getBytes(UTF_8));
        try {
            while (left.hasRemaining()) {
                writer.write(left);
            }
            writer.force(false);
        } catch (IOException failed) {
            if (writer.size() == before + left.position()) { // nobody else has written
                writer.truncate(before);
            }
            throw failed;
        }
    }

    /** Behind a write that is under way. */
    @Override
    public synchronized void close() throws IOException {
        try (Opened closing = file) {
            if (closing != null && endOfLastLine(closing.reader) == closing.reader.size()) {
                Files.deleteIfExists(note);
            }
            file = null;
        }
    }

    /** Behind the last whole line there may be nothing but what a feed has left. */
    private void checkEnd(FileChannel reader) throws IOException {
        long end = endOfLastLine(reader);
        if (end < reader.size() && !(end >= noted() && isOurs(reader, end))) {
            throw new IOException("its last line has no end, and no 'bank replay' has left it so: end the line, or name"
                    + " another file");
        }
    }

    private long noted() throws IOException {
        if (!Files.exists(note)) {
            return NOTHING;
        }
        try {
            return Long.parseLong(Files.readString(note));
        } catch (NumberFormatException torn) {
            return NOTHING; // no line is written before the note is whole
        }
    }

    /** Whether it is the beginning of a line of ours, or what a disk has left of one: zeros. */
    private static boolean isOurs(FileChannel reader, long from) throws IOException {
        ByteBuffer begin = ByteBuffer.allocate((int) Math.min(LINE.length, reader.size() - from));
        read(reader, begin, from);
        byte[] found = begin.array();
        return Arrays.equals(found, Arrays.copyOf(LINE, found.length)) || Arrays.equals(found, new byte[found.length]);
    }

    private static long endOfLastLine(FileChannel reader) throws IOException {
        for (long end = reader.size(); end > 0;) {
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, end));
            long begin = end - block.capacity();
            read(reader, block, begin);
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return begin + i + 1;
                }
            }
            end = begin;
        }
        return 0;
    }

    private static void read(FileChannel reader, ByteBuffer into, long from) throws IOException {
        int more = 0;
        while (into.hasRemaining() && more >= 0) {
            more = reader.read(into, from + into.position());
        }
    }

    private static void forced(Path to, String text) throws IOException {
        try (FileChannel written = FileChannel.open(to, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (left.hasRemaining()) {
                written.write(left);
            }
            written.force(true);
        }
    }

    private void forceFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private Path folder() {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null ? path.toAbsolutePath() : folder;
    }
}
