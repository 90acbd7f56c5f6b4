package dev.allframe.sample.bank.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The work of a process that tells of it line by line, and of its end by a line {@code done}, behind which it waits for
 * the end of its input.
 */
public final class Work {

    /** With which each line ends: a process that is killed may leave a part of one. */
    public static final String END = " .";

    private static final int KILLED = 128 + 9;

    private Work() {}

    /**
     * Lets a process work and kills it behind so many lines, or when it is done before; lets it end by itself where
     * there is no such number.
     *
     * @param lines {@link Integer#MAX_VALUE} for no number
     * @param errors takes what it says besides
     * @param heard is told the words of each line
     * @return whether it was killed at work
     */
    public static boolean live(ProcessBuilder child, int lines, Path errors, Consumer<String[]> heard)
            throws IOException, InterruptedException {
        Process process = child.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile())).start();
        boolean killed = false;
        boolean done = false;
        int whole = 0;
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (!line.endsWith(END)) {
                    continue; // cut
                }
                String[] words = line.split(" ", -1);
                heard.accept(words);
                done = done || words[0].equals("done");
                whole++;
                if (!killed && lines < Integer.MAX_VALUE && (done || whole >= lines)) {
                    process.toHandle().destroyForcibly();
                    killed = true;
                } else if (done) {
                    process.getOutputStream().close();
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        String trouble = Files.readString(errors);
        assertThat(process.exitValue()).as(trouble).isEqualTo(killed ? KILLED : 0);
        assertThat(killed || done).as(trouble).isTrue();
        return killed && !done;
    }
}
