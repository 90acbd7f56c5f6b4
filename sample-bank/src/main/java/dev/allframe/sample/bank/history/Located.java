package dev.allframe.sample.bank.history;

import java.nio.file.Path;

/**
 * What a line of a file says, and where it stands.
 *
 * @param row what it says
 * @param file the file
 * @param line the number of the line, from 1
 */
record Located<T>(T row, Path file, int line) {

    /** The name of the file and the line, {@code trans.asc:7}. */
    String place() {
        return file.getFileName() + ":" + line;
    }

    /** The file and the line, {@code data/trans.asc:7}, where there are several folders. */
    String placeInFolder() {
        return file + ":" + line;
    }
}
