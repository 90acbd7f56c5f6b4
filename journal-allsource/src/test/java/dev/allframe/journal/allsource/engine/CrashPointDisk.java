package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A disk with places to die before and after each write, force, rename, delete and cut. What creates an empty file is followed by one of them. */
final class CrashPointDisk implements Disk {

    private final Disk disk;
    private final CrashPoints points;
    private final Map<Path, Handle> written = new ConcurrentHashMap<>();

    CrashPointDisk(Disk disk, CrashPoints points) {
        this.disk = disk;
        this.points = points;
    }

    /** What a file or directory is for: log, spare, rows, parquet, manifest, identity, owner, state, index, segments, or the name of another directory. */
    static String kind(Path path) {
        String name = path.getFileName().toString();
        Path directory = path.getParent();
        String parent = directory == null ? "" : Objects.requireNonNullElse(directory.getFileName(), path).toString();
        if (parent.startsWith("state") || parent.startsWith("index")) {
            return parent.substring(0, 5);
        }
        if (name.startsWith("spare-")) {
            return "spare";
        }
        if (name.contains(".wal")) {
            return "log";
        }
        if (name.contains(".rows")) {
            return "rows";
        }
        if (name.contains(".parquet")) {
            return "parquet";
        }
        int end = name.indexOf('.');
        String stem = end < 0 ? name : name.substring(0, end);
        return switch (stem) {
            case "MANIFEST" -> "manifest";
            case "STORE" -> "identity";
            case "OWNER" -> "owner";
            default -> stem;
        };
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return handle(file, disk.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return handle(file, disk.open(file));
    }

    private DiskFile handle(Path path, DiskFile file) {
        Handle handle = new Handle(path, file);
        written.put(path, handle);
        return handle;
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return disk.openReadOnly(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        points.<@Nullable Void>around("rename " + kind(to), () -> {
            disk.rename(from, to);
            Handle open = written.remove(from);
            if (open != null) {
                open.path = to;
                written.put(to, open);
            }
            return null;
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        points.<@Nullable Void>around("delete " + kind(file), () -> {
            disk.delete(file);
            return null;
        });
    }

    @Override
    public boolean exists(Path file) {
        return disk.exists(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        points.<@Nullable Void>around("force directory " + kind(directory), () -> {
            disk.forceDirectory(directory);
            return null;
        });
    }

    @Override
    public boolean isFileSystem() {
        return disk.isFileSystem();
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public @Nullable Closeable tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    private final class Handle implements DiskFile {

        private final DiskFile file;
        private volatile Path path;

        Handle(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            points.<@Nullable Void>around("write " + kind(path), () -> {
                file.write(bytes, offset);
                return null;
            });
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return file.read(into, offset);
        }

        @Override
        public void force() throws IOException {
            points.<@Nullable Void>around("force " + kind(path), () -> {
                file.force();
                return null;
            });
        }

        @Override
        public void truncate(long length) throws IOException {
            points.<@Nullable Void>around("truncate " + kind(path), () -> {
                file.truncate(length);
                return null;
            });
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void close() throws IOException {
            written.remove(path, this);
            file.close();
        }
    }
}
