package dev.allframe.journal.allsource.engine.io;

import dev.allframe.journal.allsource.engine.io.DiskOperation.Create;
import dev.allframe.journal.allsource.engine.io.DiskOperation.CreateDirectories;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Delete;
import dev.allframe.journal.allsource.engine.io.DiskOperation.FailedForce;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Force;
import dev.allframe.journal.allsource.engine.io.DiskOperation.ForceDirectory;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Rename;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Truncate;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Write;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what was forced, and so what a power loss may leave. Thread-safe, and deterministic where
 * one thread uses it.
 *
 * <p>{@link #crash} makes the disk as it may be found after a power loss. {@link #recorded()} and {@link CrashReplay}
 * do that after every single operation of a workload. {@link #plan} lets calls fail; each call that may fail has a
 * number, see {@link #calls()}.
 *
 * <p>It is stricter than common file systems: forcing a file does not force its name, and names that were not forced
 * are kept or lost each by itself.
 */
public final class SimulatedDisk implements Disk {

    private final Map<Integer, SimulatedFile> byNumber = new HashMap<>();
    private final Map<Path, SimulatedFile> seenNames = new HashMap<>();
    private final Map<Path, SimulatedFile> durableNames = new HashMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locked = new HashSet<>();
    private final List<DiskOperation> operations = new ArrayList<>();

    private int lastNumber;
    private long calls;
    private FaultPlan plan = FaultPlan.NONE;
    private long limitBytes = Long.MAX_VALUE;
    private @Nullable SimulatedDisk start;

    /** A name that was given ({@code to}), taken ({@code from}) or both. */
    private record NameChange(@Nullable Path from, @Nullable Path to, SimulatedFile file) {

        boolean in(Path directory) {
            return from != null ? directory.equals(from.getParent()) : to != null && directory.equals(to.getParent());
        }

        void applyTo(Map<Path, SimulatedFile> names) {
            if (from != null) {
                names.remove(from, file);
            }
            if (to != null) {
                names.put(to, file);
            }
        }
    }

    /** The disk after a power loss at this moment. */
    public synchronized SimulatedDisk crash(CrashMode mode, Random random) {
        Map<Path, SimulatedFile> names = new HashMap<>(durableNames);
        for (NameChange change : pendingNames) {
            boolean kept = switch (mode) {
                case KEEP_ALL -> true;
                case LOSE_ALL -> false;
                default -> random.nextBoolean();
            };
            if (kept) {
                change.applyTo(names);
            }
        }
        SimulatedDisk left = new SimulatedDisk();
        left.directories.addAll(directories);
        left.lastNumber = lastNumber;
        left.limitBytes = limitBytes;
        names.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            SimulatedFile file = left.byNumber.computeIfAbsent(entry.getValue().number,
                    number -> entry.getValue().crash(mode, random));
            left.seenNames.put(entry.getKey(), file);
            left.durableNames.put(entry.getKey(), file);
        });
        return left;
    }

    /** From here on every change is recorded, see {@link CrashReplay}. */
    public synchronized void record() {
        start = copy();
        operations.clear();
    }

    /** The operations since {@link #record()}. */
    public synchronized List<DiskOperation> recorded() {
        return List.copyOf(operations);
    }

    /** How many operations were recorded: the number of the boundary at which the disk is. */
    public synchronized int boundary() {
        return operations.size();
    }

    /** The disk as it was at {@link #record()}. */
    synchronized SimulatedDisk start() {
        if (start == null) {
            throw new IllegalStateException("nothing was recorded");
        }
        return start.copy();
    }

    /** A disk that goes its own way from here, with everything forced and not forced as it is. */
    public synchronized SimulatedDisk copy() {
        SimulatedDisk copy = new SimulatedDisk();
        byNumber.forEach((number, file) -> copy.byNumber.put(number, file.copy()));
        seenNames.forEach((name, file) -> copy.seenNames.put(name, copy.known(file.number)));
        durableNames.forEach((name, file) -> copy.durableNames.put(name, copy.known(file.number)));
        for (NameChange change : pendingNames) {
            copy.pendingNames.add(new NameChange(change.from, change.to, copy.known(change.file.number)));
        }
        copy.directories.addAll(directories);
        copy.lastNumber = lastNumber;
        copy.limitBytes = limitBytes;
        return copy;
    }

    /** Lets calls fail from now on. */
    public synchronized void plan(FaultPlan next) {
        plan = next;
    }

    /** How many calls were made that could have failed. */
    public synchronized long calls() {
        return calls;
    }

    /** The files may be this long together. */
    public synchronized void limit(long bytes) {
        limitBytes = bytes;
    }

    /** The length of all files. */
    public synchronized long usedBytes() {
        return seenNames.values().stream().mapToLong(file -> file.seen().length()).sum();
    }

    /** Changes one bit of a file, on the disk too. */
    public synchronized void flip(Path file, long offset, int bit) throws IOException {
        existing(file).flip(offset, bit);
    }

    /** What a reader finds in a file. */
    public synchronized byte[] contents(Path file) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) existing(file).seen().length());
        existing(file).seen().read(into, 0);
        return into.array();
    }

    /** Puts a file there, forced. */
    public synchronized void put(Path file, byte[] contents) throws IOException {
        if (seenNames.containsKey(file)) {
            perform(new Delete(file));
        }
        int number = ++lastNumber;
        perform(new Create(file, number));
        perform(new Write(number, 0, contents.clone(), 0));
        perform(new Force(number));
        Path directory = file.getParent();
        if (directory != null) {
            perform(new ForceDirectory(directory));
        }
    }

    private SimulatedFile known(int number) {
        SimulatedFile file = byNumber.get(number);
        if (file == null) {
            throw new IllegalStateException("no file has the number " + number);
        }
        return file;
    }

    private SimulatedFile existing(Path file) throws NoSuchFileException {
        SimulatedFile found = seenNames.get(file);
        if (found == null) {
            throw new NoSuchFileException(file.toString());
        }
        return found;
    }

    private void perform(DiskOperation operation) {
        apply(operation);
        if (start != null) {
            operations.add(operation);
        }
    }

    /** Makes a change that was recorded elsewhere. */
    synchronized void apply(DiskOperation operation) {
        switch (operation) {
            case Create(Path file, int number) -> {
                SimulatedFile created = new SimulatedFile(number);
                lastNumber = Math.max(lastNumber, number);
                byNumber.put(number, created);
                change(new NameChange(null, file, created));
            }
            case Write write -> known(write.number()).write(write);
            case Truncate truncate -> known(truncate.number()).truncate(truncate);
            case Force(int number) -> known(number).force();
            case FailedForce(int number) -> known(number).failForce();
            case Rename(Path from, Path to) -> change(new NameChange(from, to, named(from)));
            case Delete(Path file) -> change(new NameChange(file, null, named(file)));
            case CreateDirectories(Path directory) -> {
                for (Path at = directory; at != null; at = at.getParent()) {
                    directories.add(at);
                }
            }
            case ForceDirectory(Path directory) -> {
                for (NameChange change : pendingNames) {
                    if (change.in(directory)) {
                        change.applyTo(durableNames);
                    }
                }
                pendingNames.removeIf(change -> change.in(directory));
            }
        }
    }

    private SimulatedFile named(Path path) {
        SimulatedFile file = seenNames.get(path);
        if (file == null) {
            throw new IllegalStateException("no file is named " + path);
        }
        return file;
    }

    private void change(NameChange change) {
        change.applyTo(seenNames);
        pendingNames.add(change);
    }

    private void call() throws IOException {
        calls++;
        if (plan.hits(calls)) {
            throw plan.failure(calls);
        }
    }

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        call();
        if (seenNames.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        int number = ++lastNumber;
        perform(new Create(file, number));
        return new Handle(known(number), true);
    }

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        call();
        return new Handle(existing(file), true);
    }

    @Override
    public synchronized DiskFile openReadOnly(Path file) throws IOException {
        call();
        return new Handle(existing(file), false);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        call();
        existing(from);
        perform(new Rename(from, to));
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        call();
        existing(file);
        perform(new Delete(file));
    }

    @Override
    public synchronized boolean exists(Path file) {
        return seenNames.containsKey(file) || directories.contains(file);
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        call();
        return Stream.concat(seenNames.keySet().stream(), directories.stream())
                .filter(path -> directory.equals(path.getParent()))
                .sorted()
                .toList();
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        call();
        if (!directories.contains(directory)) {
            perform(new CreateDirectories(directory));
        }
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        call();
        perform(new ForceDirectory(directory));
    }

    @Override
    public synchronized long usableBytes(Path directory) throws IOException {
        call();
        return limitBytes - usedBytes();
    }

    @Override
    public @Nullable synchronized Closeable tryLock(Path file) throws IOException {
        call();
        if (!locked.add(file)) {
            return null;
        }
        if (!seenNames.containsKey(file)) {
            perform(new Create(file, ++lastNumber));
        }
        return () -> unlock(file);
    }

    private synchronized void unlock(Path file) {
        locked.remove(file);
    }

    private final class Handle implements DiskFile {

        private final SimulatedFile file;
        private final boolean writable;
        private boolean closed;

        Handle(SimulatedFile file, boolean writable) {
            this.file = file;
            this.writable = writable;
        }

        private void check(boolean forWriting) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (forWriting && !writable) {
                throw new IOException("opened for reading alone");
            }
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            synchronized (SimulatedDisk.this) {
                check(true);
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                calls++;
                if (plan.hits(calls)) {
                    if (plan.kind() == FaultPlan.Kind.SHORT_WRITE) {
                        perform(new Write(file.number, offset, Arrays.copyOf(copy, copy.length / 2), 0));
                    }
                    throw plan.failure(calls);
                }
                long growth = Math.max(0, offset + copy.length - file.seen().length());
                if (growth > 0 && limitBytes < Long.MAX_VALUE && growth > limitBytes - usedBytes()) {
                    throw new NoSpaceException("the limit is " + limitBytes + " bytes",
                            new IOException("No space left on device"));
                }
                perform(zeros(copy)
                        ? new Write(file.number, offset, new byte[0], copy.length)
                        : new Write(file.number, offset, copy, 0));
            }
        }

        private static boolean zeros(byte[] bytes) {
            for (byte next : bytes) {
                if (next != 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            synchronized (SimulatedDisk.this) {
                check(false);
                call();
                return file.seen().read(into, offset);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                check(false);
                calls++;
                if (plan.hits(calls)) {
                    perform(new FailedForce(file.number));
                    throw plan.failure(calls);
                }
                perform(new Force(file.number));
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (SimulatedDisk.this) {
                check(true);
                call();
                perform(new Truncate(file.number, length));
            }
        }

        @Override
        public long length() throws IOException {
            synchronized (SimulatedDisk.this) {
                check(false);
                call();
                return file.seen().length();
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
