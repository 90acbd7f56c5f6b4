package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The names of a segment's files. They are written in the digits 0 to 9; a store may have names in the digits of
 * another script too, which a default locale has given them, and they are read.
 */
public enum SegmentFile {

    /** For reads of streams; can be made again. */
    ROWS("rows"),

    /** For keeping, scans and other tools. */
    PARQUET("parquet");

    /** What a name ends in while the file is written; such a file is deleted when the store is opened. */
    public static final String TEMPORARY = ".tmp";

    private static final Pattern NAME = Pattern.compile("(\\p{Nd}{20})\\.(rows|parquet)(\\.tmp)?");

    /** The zeros of all scripts that have digits of 16 bits, which are all that a locale can give. */
    private static final int[] ZEROS = IntStream.rangeClosed('0', Character.MAX_VALUE)
            .filter(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER && Character.digit(c, 10) == 0)
            .toArray();

    private final String extension;

    SegmentFile(String extension) {
        this.extension = extension;
    }

    /** The file of a segment, as it is written. */
    public Path in(Path directory, long segmentId) {
        return directory.resolve(name(segmentId));
    }

    private String name(long segmentId) {
        return String.format(Locale.ROOT, "%020d.%s", segmentId, extension);
    }

    /**
     * The file of a segment, where it is: in other digits, if it is there under such a name alone. For reading a store
     * that nobody has opened; {@link SegmentNames} mends the names of an open store.
     */
    public Path find(Disk disk, Path directory, long segmentId) {
        Path written = in(directory, segmentId);
        if (disk.exists(written)) {
            return written;
        }
        for (int zero : ZEROS) {
            Path other = directory.resolve(inDigits(zero, segmentId));
            if (disk.exists(other)) {
                return other;
            }
        }
        return written;
    }

    private String inDigits(int zero, long segmentId) {
        StringBuilder name = new StringBuilder();
        name(segmentId).chars().forEach(c -> name.append((char) (c >= '0' && c <= '9' ? zero + c - '0' : c)));
        return name.toString();
    }

    /**
     * What a name says.
     *
     * @param segmentId of which segment it is
     * @param kind which of its files
     * @param temporary whether it was not written to its end
     */
    public record Name(long segmentId, SegmentFile kind, boolean temporary) {

        /** The file with this name as it is written. */
        public Path in(Path directory) {
            Path file = kind.in(directory, segmentId);
            return temporary ? file.resolveSibling(file.getFileName() + TEMPORARY) : file;
        }
    }

    /** What a file's name says, in the digits of any script; empty where it is not the name of a segment's file. */
    public static Optional<Name> named(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        int[] digits = name.group(1).codePoints().toArray();
        int zero = digits[0] - Character.digit(digits[0], 10);
        long id = 0;
        for (int digit : digits) {
            int value = digit - zero;
            if (value < 0 || value > 9 || id > (Long.MAX_VALUE - value) / 10) {
                return Optional.empty();
            }
            id = id * 10 + value;
        }
        SegmentFile kind = name.group(2).equals(ROWS.extension) ? ROWS : PARQUET;
        return Optional.of(new Name(id, kind, name.group(3) != null));
    }
}
