package dev.allframe.sample.bank.history;

/**
 * A line that could not be understood and was left out.
 *
 * @param file the file's name
 * @param line the number of the line, from 1
 * @param reason what is wrong with it
 */
public record BadLine(String file, int line, String reason) {

    @Override
    public String toString() {
        return file + ":" + line + ": " + reason;
    }
}
