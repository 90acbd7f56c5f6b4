package dev.allframe.sample.bank.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file one after the other, with a look at those that follow. A line ends with a line feed, a carriage
 * return or both. For one thread.
 */
final class Lines {

    /** So that a file without line breaks does not fill the memory; of a longer line one character more is kept. */
    static final int MAX_CHARS = 1 << 20;

    private final BufferedReader reader;
    private final Deque<String> ahead = new ArrayDeque<>();
    private int number;
    private boolean afterReturn;

    /** @param reader is closed by the caller */
    Lines(BufferedReader reader) {
        this.reader = reader;
    }

    /** The next line; null at the end of the file. */
    @Nullable String next() throws IOException {
        number++;
        return ahead.isEmpty() ? read() : ahead.pop();
    }

    /** The number of the line that was last given by {@link #next()}, from 1. */
    int number() {
        return number;
    }

    /** Up to so many of the following lines, which are not passed over. */
    List<String> following(int count) throws IOException {
        while (ahead.size() < count) {
            String line = read();
            if (line == null) {
                break;
            }
            ahead.add(line);
        }
        return new ArrayList<>(ahead).subList(0, Math.min(count, ahead.size()));
    }

    private @Nullable String read() throws IOException {
        StringBuilder line = new StringBuilder();
        boolean empty = true;
        for (int next = reader.read(); next >= 0; next = reader.read()) {
            boolean secondOfBoth = afterReturn && next == '\n';
            afterReturn = next == '\r';
            if (secondOfBoth) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                return line.toString();
            }
            empty = false;
            if (line.length() <= MAX_CHARS) {
                line.append((char) next);
            }
        }
        return empty ? null : line.toString();
    }
}
