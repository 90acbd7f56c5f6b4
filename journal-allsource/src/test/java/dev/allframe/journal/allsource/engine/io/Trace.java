package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process did to the files below a directory and what it said, in the order in which it happened; written by
 * {@code src/test/native/power_trace.c}.
 */
public final class Trace {

    private static final int HEAD_BYTES = 40;

    private Trace() {}

    /**
     * Something that the process did. Files and directories are named by their inodes, which may be given anew after
     * the last name and handle are gone.
     */
    public sealed interface Step {}

    /** A new file. */
    public record Created(Path path, long inode) implements Step {}

    /** A new directory. */
    public record DirectoryCreated(Path path, long inode) implements Step {}

    /** A file or directory got another name, which may have been another file's. */
    public record Renamed(Path from, Path to) implements Step {}

    /** A name is gone. */
    public record Removed(Path path) implements Step {}

    /** A file got one more name. */
    public record Linked(Path from, Path to) implements Step {}

    /** Bytes were written, or, where there are none, so many zeros. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Written(long inode, long offset, byte[] bytes, int zeros) implements Step {}

    /** A file has another length; where it is longer, its end is zeros. */
    public record Truncated(long inode, long length) implements Step {}

    /** A force of a file or directory has begun. */
    public record ForceBegun(long inode, long number) implements Step {}

    /** What was there when it began is on the disk. */
    public record Forced(long number) implements Step {}

    /** The process has told the world. */
    public record Said(String text) implements Step {}

    /** The process has done something that a trace cannot tell. */
    public record Unknown(String what) implements Step {}

    /** Reads a trace; its end may be cut. */
    public static List<Step> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        List<Step> steps = new ArrayList<>();
        while (in.remaining() >= HEAD_BYTES) {
            int type = in.getInt();
            int textBytes = in.getInt();
            byte[] more = new byte[in.getInt()];
            in.getInt();
            long inode = in.getLong();
            long a = in.getLong();
            long b = in.getLong();
            if (in.remaining() < textBytes + more.length) {
                break;
            }
            byte[] text = new byte[textBytes];
            in.get(text).get(more);
            steps.add(step(type, string(text), more, inode, a, b));
        }
        return steps;
    }

    private static Step step(int type, String text, byte[] more, long inode, long a, long b) {
        return switch (type) {
            case 1 -> new Created(path(text), inode);
            case 2 -> new DirectoryCreated(path(text), inode);
            case 3 -> new Renamed(path(text), path(string(more)));
            case 4 -> new Removed(path(text));
            case 5 -> new Linked(path(text), path(string(more)));
            case 6 -> new Written(inode, a, more, 0);
            case 7 -> new Written(inode, a, new byte[0], Math.toIntExact(b));
            case 8 -> new Truncated(inode, a);
            case 9 -> new ForceBegun(inode, a);
            case 10 -> new Forced(a);
            case 11 -> new Said(string(more));
            case 12 -> new Unknown(text);
            default -> throw new IllegalArgumentException("no step has the type " + type);
        };
    }

    private static String string(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Path path(String text) {
        return Path.of(text).normalize();
    }
}
