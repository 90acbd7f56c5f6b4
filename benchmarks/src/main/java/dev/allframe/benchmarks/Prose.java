package dev.allframe.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Texts of 100 characters, all ASCII, cut from one long text at scattered offsets. */
final class Prose {

    static final int LENGTH = 100;

    /** Steps between offsets; a prime, so that every offset comes up before one comes again. */
    private static final long STEP = 1_000_003;

    private static final String[] WORDS = ("the of and to a in that it is was he for on with as his be at by had not are but from or have an they which "
            + "you one were all her she there would their we him been has when who will more no if out so said what up its about into than them can only "
            + "account money payment received transfer letter house morning evening river bridge window garden street winter summer captain doctor")
            .split(" ");

    private static final Prose WRITTEN_BY_CHANCE = new Prose(text(1 << 20));

    private final String text;

    private Prose(String text) {
        this.text = text;
    }

    private static String text(int length) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder(length + 20);
        while (text.length() < length) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(12) == 0 ? ". " : " ");
        }
        return text.toString();
    }

    /**
     * Words by chance: good for speeds, where it does not matter what a text says. It is not compressed as English is.
     */
    static Prose byChance() {
        return WRITTEN_BY_CHANCE;
    }

    /** Real prose, some MB of it, from a file; what is not ASCII is left out. */
    static Prose of(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e]+", " ");
        return new Prose(text);
    }

    /** Bytes of the whole text. */
    int length() {
        return text.length();
    }

    /** The text with a number. */
    String piece(long number) {
        int from = (int) (number * STEP % (text.length() - LENGTH));
        return text.substring(from, from + LENGTH);
    }
}
