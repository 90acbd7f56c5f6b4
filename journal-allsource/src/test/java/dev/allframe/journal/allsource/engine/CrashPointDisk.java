package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk with places to die before and after each write, force, rename, delete and cut. What creates an empty file is
 * followed by one of them.
 */
final class CrashPointDisk extends ForwardingDisk {

    private final CrashPoints points;
    private final Map<Path, Handle> written = new ConcurrentHashMap<>();

    CrashPointDisk(Disk disk, CrashPoints points) {
        super(disk);
        this.points = points;
    }

    /**
     * What a file or directory is for: log, spare, rows, parquet, manifest, identity, owner, state, index, segments, or
     * the name of another directory.
     */
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
    public void forceDirectory(Path directory) throws IOException {
        points.<@Nullable Void>around("force directory " + kind(directory), () -> {
            disk.forceDirectory(directory);
            return null;
        });
    }

    private final class Handle extends ForwardingFile {

        private volatile Path path;

        Handle(Path path, DiskFile file) {
            super(file);
            this.path = path;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            points.<@Nullable Void>around("write " + kind(path), () -> {
                file.write(bytes, offset);
                return null;
            });
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
        public void close() throws IOException {
            written.remove(path, this);
            file.close();
        }
    }
}
