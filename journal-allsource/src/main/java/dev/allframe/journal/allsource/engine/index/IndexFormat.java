package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of the index, format 1. Keys as in {@link Keys}; every value begins with u8 1.
 * <pre>
 *   meta      text "header"                                → see StoreHeader
 *             text "streams"                               → number of streams varint
 *   streams   stream text                                  → version varint
 *   ranges    stream text, last sequence number unsigned   → segment varint, first row varint, rows varint
 *   names     kind u8, name text, segment unsigned         → rows varint
 *   segments  segment unsigned                             → rows varint, runs varint
 *   contents  segment unsigned, part unsigned              → 1 u8, count varint,
 *                                                          (stream's key block, last sequence number varint) *
 *                                                          or 2 u8, count varint, (kind u8, name's key block) *
 * </pre>
 * {@code contents} says which entries a segment brought, so that they can be removed without a search; a part has up to
 * {@link #PART} of them.
 */
final class IndexFormat {

    static final byte[] STREAM_COUNT = Keys.key().text("streams").bytes();

    /** Up to which entry of the log the versions of streams are known that no segment tells. */
    static final byte[] KNOWN_LSN = Keys.key().text("known").bytes();

    /** Large enough to cost little beside the entries it lists, small enough for a block of RocksDB. */
    static final int PART = 256;

    private static final int RUNS = 1;
    private static final int NAMES = 2;

    private IndexFormat() {}

    /** A key of another table that a segment brought. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Brought(Table table, byte[] key) {}

    static byte[] number(long number) {
        ByteWriter out = Values.begin(11);
        out.varint(number);
        return out.toByteArray();
    }

    static long number(Table table, byte[] value) {
        return Values.read(table, value, ByteReader::varint);
    }

    static byte[] rangeKey(byte[] stream, long lastSequenceNr) {
        return Keys.key().raw(stream).unsigned(lastSequenceNr).bytes();
    }

    static byte[] range(long segmentId, int firstRow, int rows) {
        ByteWriter out = Values.begin(31);
        out.varint(segmentId);
        out.varint(firstRow);
        out.varint(rows);
        return out.toByteArray();
    }

    /** A range, of which the key ends with the last sequence number. */
    static Location location(byte[] key, byte[] value) {
        return Values.read(Table.RANGES, value, in -> {
            long segmentId = in.varint();
            int firstRow = in.count();
            int rows = in.count();
            return new Location(segmentId, firstRow, rows, lastSequenceNr(key) - rows + 1);
        });
    }

    static StreamId rangeStream(byte[] key) {
        return Values.readKey(Table.RANGES, key, Keys.Reader::stream);
    }

    private static long lastSequenceNr(byte[] key) {
        if (key.length < 8) {
            throw new MalformedBytesException("the key of a range is too short");
        }
        long number = 0;
        for (int i = key.length - 8; i < key.length; i++) {
            number = number << 8 | (key[i] & 0xFF);
        }
        return number;
    }

    static byte[] name(NameKind kind, String name) {
        return Keys.key().u8(kind.code()).text(name).bytes();
    }

    static byte[] nameKey(byte[] name, long segmentId) {
        return Keys.key().raw(name).unsigned(segmentId).bytes();
    }

    static long nameSegment(byte[] key) {
        return Values.readKey(Table.NAMES, key, in -> {
            NameKind.of(in.u8());
            in.text();
            return in.unsigned();
        });
    }

    static byte[] segment(long rows, long runs) {
        ByteWriter out = Values.begin(21);
        out.varint(rows);
        out.varint(runs);
        return out.toByteArray();
    }

    static long segmentId(byte[] key) {
        return Values.readKey(Table.SEGMENTS, key, Keys.Reader::unsigned);
    }

    static byte[] contentsKey(long segmentId, long part) {
        return Keys.key().unsigned(segmentId).unsigned(part).bytes();
    }

    static byte[] runs(List<byte[]> streams, List<Run> runs) {
        ByteWriter out = Values.begin(40 * runs.size() + 16);
        out.u8(RUNS);
        out.varint(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            out.block(streams.get(i));
            out.varint(runs.get(i).lastSequenceNr());
        }
        return out.toByteArray();
    }

    static byte[] names(List<NameCount> names) {
        ByteWriter out = Values.begin(40 * names.size() + 16);
        out.u8(NAMES);
        out.varint(names.size());
        for (NameCount name : names) {
            out.u8(name.kind().code());
            out.block(Keys.key().text(name.name()).bytes());
        }
        return out.toByteArray();
    }

    static List<Brought> contents(long segmentId, byte[] value) {
        return Values.read(Table.CONTENTS, value, in -> {
            int what = in.u8();
            int count = in.count();
            List<Brought> brought = new ArrayList<>(Math.min(count, in.remaining()));
            for (int i = 0; i < count; i++) {
                brought.add(switch (what) {
                    case RUNS -> new Brought(Table.RANGES, rangeKey(in.block(), in.varint()));
                    case NAMES -> new Brought(Table.NAMES,
                            Keys.key().u8(in.u8()).raw(in.block()).unsigned(segmentId).bytes());
                    default -> throw new MalformedBytesException("contents are 1 or 2, not " + what);
                });
            }
            return brought;
        });
    }

    /** An entry for people. */
    static String describe(Table table, byte[] key, byte[] value) {
        return Values.readKey(table, key, in -> switch (table) {
            case STREAMS -> in.text() + " version=" + number(table, value);
            case RANGES -> in.text() + " " + location(key, value);
            case NAMES -> NameKind.of(in.u8()) + " " + in.text() + " segment=" + in.unsigned() + " rows="
                    + number(table, value);
            case SEGMENTS -> in.unsigned() + " "
                    + Values.read(table, value, counts -> "rows=" + counts.varint() + " runs=" + counts.varint());
            case CONTENTS -> in.unsigned() + " part=" + in.unsigned() + " " + contents(0, value).size() + " entries";
            case META -> in.text();
            case SNAPSHOTS, STATES, CHANGES, DELETED, TYPES -> throw new IllegalArgumentException(
                    table + " is no table of the index");
        });
    }
}
