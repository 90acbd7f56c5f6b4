package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** A library that a child process loads before all others. */
public final class NativeLibrary {

    private static final Path SOURCES = Path.of("src", "test", "native");

    private NativeLibrary() {}

    /** Compiles it into a directory; aborts the test where that is not Linux or has no compiler. */
    public static Path compile(String source, Path work) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "calls of the system are caught on Linux alone");
        Path library = work.resolve(source.replace(".c", ".so"));
        Process compiler;
        try {
            compiler = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O2", "-o", library.toString(),
                    SOURCES.resolve(source).toString(), "-lpthread").redirectErrorStream(true)
                    .redirectOutput(work.resolve("gcc.out").toFile())
                    .start();
        } catch (IOException missing) {
            return abort("without the compiler gcc no call can be caught: " + missing.getMessage());
        }
        assertThat(compiler.waitFor()).as(() -> "exit of gcc, see " + work.resolve("gcc.out")).isZero();
        return library;
    }
}
