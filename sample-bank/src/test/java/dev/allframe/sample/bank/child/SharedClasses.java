package dev.allframe.sample.bank.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * The classes of the test's class path as a JVM keeps them in memory, so that a process need neither read nor verify
 * them: it starts with half the work. Written once for a state of the classes, in the module's {@code target}, and used
 * by all test JVMs.
 *
 * @param classPath the test's, with a jar in place of each directory: the JVM archives no classes of directories
 * @param archive what {@code -XX:ArchiveClassesAtExit} has written
 */
record SharedClasses(String classPath, Path archive) {

    private static final Path ALL = Path.of("target", "child-jvm");
    private static final String CLASSES = "classes.jsa";
    private static final long PATIENCE_MINUTES = 5;

    private static final class Holder {
        static final SharedClasses OF_MODULE = find();
    }

    /** Those of this module's tests; waits until they are written. */
    static SharedClasses ofModule() {
        return Holder.OF_MODULE;
    }

    private static SharedClasses find() {
        try {
            Files.createDirectories(ALL);
            try (FileChannel file = FileChannel.open(ALL.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE); FileLock unused = file.lock()) {
                List<Path> entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .filter(Files::exists)
                        .toList();
                Path folder = ALL.toAbsolutePath().resolve(fingerprint(entries));
                if (!Files.exists(folder.resolve(CLASSES))) {
                    deleteOthers();
                    write(Files.createDirectories(folder), entries);
                }
                return new SharedClasses(classPath(folder, entries), folder.resolve(CLASSES));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Changes when a file of the class path does, and with the JVM. */
    private static String fingerprint(List<Path> entries) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(System.getProperty("java.vm.version").getBytes(UTF_8));
        for (Path entry : entries) {
            try (Stream<Path> files = Files.walk(entry)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                    sum.update((file + " " + now.size() + " " + now.lastModifiedTime().toMillis()).getBytes(UTF_8));
                }
            }
        }
        return Long.toHexString(sum.getValue());
    }

    /** A process that uses them goes on. */
    private static void deleteOthers() throws IOException {
        try (Stream<Path> files = Files.walk(ALL)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(ALL) && !file.endsWith("lock")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String classPath(Path folder, List<Path> entries) {
        List<String> path = new ArrayList<>();
        for (Path entry : entries) {
            path.add((Files.isDirectory(entry) ? folder.resolve(path.size() + ".jar") : entry).toString());
        }
        return String.join(File.pathSeparator, path);
    }

    private static void write(Path folder, List<Path> entries) throws IOException, InterruptedException {
        for (int i = 0; i < entries.size(); i++) {
            if (Files.isDirectory(entries.get(i))) {
                pack(entries.get(i), folder.resolve(i + ".jar"));
            }
        }
        Path unfinished = folder.resolve("unfinished.jsa");
        Path said = folder.resolve("said.txt");
        Process process = ChildJvm
                .command(classPath(folder, entries), List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:cds=off"),
                        UsualProcess.class, folder.resolve("store").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("the process that writes the archive has failed:\n"
                    + Files.readString(said));
        }
        Files.move(unfinished, folder.resolve(CLASSES), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void pack(Path classes, Path packed) throws IOException {
        try (Stream<Path> files = Files.walk(classes);
                JarOutputStream jar = new JarOutputStream(Files.newOutputStream(packed))) {
            jar.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, jar);
            }
        }
    }
}
