package dev.allframe.journal.allsource.tables;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What a power loss has torn from the end of RocksDB's manifest is cut, where nothing that was flushed stood there. */
final class TornManifest {

    private TornManifest() {}

    /** Whether a directory has all that it must have. */
    interface Check {

        /**
         * Opens it for reading alone.
         *
         * @throws CorruptStoreException if it has less
         */
        void of(Path directory);
    }

    /** Cuts what a power loss has torn from the end of the manifest. */
    static void cut(Path directory, Check check) {
        Path whole = without(directory, check);
        if (!whole.equals(directory)) {
            try {
                FlatDirectory.delete(whole);
                RocksManifest.of(directory).cut();
            } catch (IOException failure) {
                throw new StoreFailedException("directory=" + directory + ": the manifest cannot be cut", failure);
            }
        }
    }

    /**
     * A power loss may leave any part of what RocksDB wrote to its manifest after the last force. Where the records
     * before a bad one have all that was flushed, the rest was never relied upon. Nobody else may have the tables open:
     * whoever opens them holds the store's lock.
     *
     * @param check of the records before a bad one
     * @return the directory, or where its manifest is torn another one beside it, of links and copies, with a manifest
     *         that ends before the bad record
     * @throws CorruptStoreException if the records before a bad one have less; nothing was changed
     */
    static Path without(Path directory, Check check) {
        RocksManifest manifest = RocksManifest.of(directory);
        CorruptStoreException damage = manifest.damage();
        Path trial = directory.resolveSibling(directory.getFileName() + ".trial.tmp");
        try {
            FlatDirectory.delete(trial);
            if (damage == null) {
                return directory;
            }
            copyWholeRecords(manifest, directory, Files.createDirectory(trial));
            check.of(trial);
            return trial;
        } catch (IOException | EventStoreException failed) {
            if (damage == null) {
                throw new StoreFailedException("directory=" + trial + " cannot be deleted", failed);
            }
            damage.addSuppressed(failed);
            deleteQuietly(trial, damage);
            throw damage;
        }
    }

    private static void deleteQuietly(Path tree, Exception because) {
        try {
            FlatDirectory.delete(tree);
        } catch (IOException failure) {
            because.addSuppressed(failure);
        }
    }

    private static void copyWholeRecords(RocksManifest manifest, Path directory, Path copy) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".sst")) {
                    Files.createLink(copy.resolve(name), file);
                } else if (name.equals("CURRENT") || name.equals(FlushWitness.NAME)) {
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
        byte[] whole = Arrays.copyOf(Files.readAllBytes(manifest.file()), manifest.wholeBytes());
        Files.write(copy.resolve(manifest.file().getFileName()), whole);
    }
}
