package dev.allframe.sample.bank.child;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A JVM that a test starts and may kill: small, on the test's class path, and quick to start, because its classes come
 * from an archive that one process of the module has written. Immutable.
 *
 * @param main what it runs
 * @param flags of the JVM; of two that contradict each other the later one counts
 */
public record ChildJvm(Class<?> main, List<String> flags) {

    private static final List<String> SMALL = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow");

    /** With a heap of 256 MiB, and compiled quickly rather than well. */
    public static ChildJvm of(Class<?> main) {
        return new ChildJvm(main, List.of());
    }

    /** With other flags too. */
    public ChildJvm with(String... more) {
        return new ChildJvm(main, Stream.concat(flags.stream(), Stream.of(more)).toList());
    }

    /** Compiled well, which pays for work of minutes. */
    public ChildJvm optimized() {
        return with("-XX:TieredStopAtLevel=4");
    }

    /** The process, not started yet. */
    public ProcessBuilder process(String... arguments) {
        SharedClasses shared = SharedClasses.ofModule();
        return command(shared.classPath(), Stream.concat(Stream.of("-XX:SharedArchiveFile=" + shared.archive()),
                flags.stream()).toList(), main, arguments);
    }

    static ProcessBuilder command(String classPath, List<String> flags, Class<?> main, String... arguments) {
        return new ProcessBuilder(Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), SMALL.stream(),
                flags.stream(), Stream.of("-cp", classPath, main.getName()), Stream.of(arguments))
                .flatMap(part -> part)
                .toList());
    }
}
