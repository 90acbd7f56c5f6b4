package dev.allframe.journal.allsource.engine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.rocksdb.util.Environment;

/** A process that writes until it is killed, as its parent sees it. */
final class KilledChild implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String CLASS_PATH = "class-path.txt";
    private static final String CLASSES = "classes.jsa";
    private static final String UP = "up";
    private static final String OPEN = "open";

    private final Process process;
    private final Writer input;
    private final Thread listener;
    private final CountDownLatch up = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private volatile Consumer<String> told = line -> {};

    private KilledChild(Process process) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.listener = Thread.ofPlatform().daemon().name("listener").start(this::listen);
    }

    /**
     * Starts one, which waits to be told what to do.
     *
     * @param work where it finds what {@link #prepare} has put there, and may put temporary files
     */
    static KilledChild start(Path work) throws IOException {
        return start(work, "-XX:SharedArchiveFile=" + work.resolve(CLASSES));
    }

    /**
     * As {@link #start}, and writes down the classes that it has loaded when it ends by itself: those after it start in
     * half the time.
     */
    static KilledChild startAndRemember(Path work) throws IOException {
        return start(work, "-XX:ArchiveClassesAtExit=" + work.resolve(CLASSES));
    }

    private static KilledChild start(Path work, String sharing) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new KilledChild(new ProcessBuilder(java.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Xshare:auto", sharing, "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                "-XX:+IgnoreUnrecognizedVMOptions", "--sun-misc-unsafe-memory-access=allow",
                "-Djava.library.path=" + work, "-Djava.io.tmpdir=" + work, "-cp",
                Files.readString(work.resolve(CLASS_PATH)), KilledWriter.class.getName())
                .redirectError(ProcessBuilder.Redirect.appendTo(errors(work).toFile()))
                .start());
    }

    /** What the processes have said besides what was asked for. */
    static Path errors(Path work) {
        return work.resolve("errors.txt");
    }

    /** Puts what processes need where they find it. */
    static void prepare(Path work) throws IOException {
        unpackLibrary(work);
        List<String> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path classes = Path.of(entry);
            if (Files.isDirectory(classes)) {
                Path packed = work.resolve("classes" + path.size() + ".jar");
                pack(classes, packed);
                path.add(packed.toString());
            } else {
                path.add(entry);
            }
        }
        Files.writeString(work.resolve(CLASS_PATH), String.join(File.pathSeparator, path));
    }

    /** Each process would unpack the library of RocksDB for itself, and leave it behind when it is killed. */
    private static void unpackLibrary(Path work) throws IOException {
        String library = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream packed = KilledChild.class.getClassLoader().getResourceAsStream(library)) {
            if (packed != null) {
                Files.copy(packed, work.resolve(library), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Java shares no classes of directories. */
    private static void pack(Path classes, Path packed) throws IOException {
        try (Stream<Path> files = Files.walk(classes);
                JarOutputStream jar = new JarOutputStream(Files.newOutputStream(packed))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, jar);
            }
        }
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(" .")) { // else it was cut, and nobody was told
                    heard(line.substring(0, line.length() - 2));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            up.countDown();
            open.countDown();
        }
    }

    private void heard(String line) {
        if (line.equals(UP)) {
            up.countDown();
        } else {
            told.accept(line);
            if (line.equals(OPEN)) {
                open.countDown();
            }
        }
    }

    /** Has it begin. */
    void begin(KilledWriter.Task task, Consumer<String> listening) throws IOException, InterruptedException {
        if (!up.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("a process did not come up");
        }
        told = listening;
        send(task.line());
    }

    /** Waits until its store is open, or it is dead. */
    void awaitOpen() throws InterruptedException {
        if (!open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("a process did not open its store");
        }
    }

    /** Has it close its store and end. */
    void stop() throws IOException {
        send(KilledWriter.STOP);
    }

    private void send(String line) throws IOException {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException failed) {
            if (process.isAlive()) {
                throw failed;
            }
        }
    }

    /** Whether it has ended within a time. */
    boolean hasEnded(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Kills it if it lives, and returns its exit code when everything that it has said was heard. */
    int kill() throws InterruptedException {
        process.toHandle().destroyForcibly(); // unlike the process's own, it lets what was said by then be read
        int exit = process.waitFor();
        listener.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return exit;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The newest of what processes have said besides. */
    static List<String> lastErrors(Path work) throws IOException {
        if (!Files.exists(errors(work))) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(errors(work), StandardCharsets.UTF_8)) {
            List<String> all = lines.toList();
            return all.subList(Math.max(0, all.size() - 40), all.size());
        }
    }
}
