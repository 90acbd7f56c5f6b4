package dev.allframe.journal.allsource.engine.segment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The text of a manifest.
 * <h2>Format, version 2</h2> First line {@code AFMF 2 <crc32c of the rest, 8 hex digits> <length of the rest in
 * bytes>}; the rest is one JSON object with exactly the members of {@link Root}. In version 1 each segment has a
 * Parquet file.
 */
final class ManifestFormat {

    static final int VERSION = 2;
    private static final Pattern FIRST_LINE = Pattern.compile("AFMF ([0-9]{1,9}) [0-9a-f]{8} [0-9]+\n");
    private static final int MAX_FIRST_LINE = 64;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL))
            .build();

    private ManifestFormat() {}

    private record Root(@JsonProperty(value = "store", required = true) String store,
            @JsonProperty(value = "nextSegmentId", required = true) long nextSegmentId,
            @JsonProperty(value = "sealedLsn", required = true) long sealedLsn,
            @JsonProperty(value = "segments", required = true) List<Segment> segments) {}

    private record Segment(@JsonProperty(value = "id", required = true) long id,
            @JsonProperty(value = "firstPosition", required = true) long firstPosition,
            @JsonProperty(value = "lastPosition", required = true) long lastPosition,
            @JsonProperty(value = "rows", required = true) int rows,
            @JsonProperty(value = "minMillis", required = true) long minMillis,
            @JsonProperty(value = "maxMillis", required = true) long maxMillis,
            @JsonProperty(value = "rowFile", required = true) Contents rowFile,
            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET) @JsonProperty("parquetFile") @Nullable Contents parquetFile,
            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET) @JsonProperty("payloadBytes") @Nullable Long payloadBytes) {}

    private record Contents(@JsonProperty(value = "length", required = true) long length,
            @JsonProperty(value = "crc32c", required = true) List<String> crc32c) {}

    static byte[] write(Manifest manifest) {
        Root root = new Root(manifest.storeId().toString(), manifest.nextSegmentId(), manifest.sealedLsn(),
                manifest.segments().stream().map(ManifestFormat::segment).toList());
        try {
            byte[] rest = JSON.writeValueAsBytes(root);
            byte[] first = firstLine(VERSION, rest, 0);
            byte[] all = Arrays.copyOf(first, first.length + rest.length);
            System.arraycopy(rest, 0, all, first.length, rest.length);
            return all;
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] firstLine(int version, byte[] bytes, int restOffset) {
        CRC32C crc = new CRC32C();
        int length = bytes.length - restOffset;
        crc.update(bytes, restOffset, length);
        return ("AFMF " + version + " " + hex((int) crc.getValue()) + " " + length + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String hex(int value) {
        return HexFormat.of().toHexDigits(value);
    }

    private static Segment segment(SegmentMeta segment) {
        return new Segment(segment.id(), segment.firstPosition(), segment.lastPosition(), segment.rows(),
                segment.minTimestamp().toEpochMilli(), segment.maxTimestamp().toEpochMilli(),
                contents(segment.rowFile()), segment.parquetFile().map(ManifestFormat::contents).orElse(null),
                segment.payloadBytes().isPresent() ? segment.payloadBytes().getAsLong() : null);
    }

    private static Contents contents(Digest digest) {
        return new Contents(digest.length(), digest.crc32c().stream().map(ManifestFormat::hex).toList());
    }

    static Manifest read(byte[] bytes, Path file) {
        int restOffset = restOffset(bytes);
        String first = new String(bytes, 0, restOffset, StandardCharsets.ISO_8859_1);
        Matcher line = FIRST_LINE.matcher(first);
        if (!line.matches()) {
            throw CorruptStoreException.at(file, 0, "does not begin as a manifest");
        }
        int version = Integer.parseInt(line.group(1));
        if (version > VERSION) {
            throw new UnsupportedFormatException("file=" + file + ": manifest of version " + version
                    + ", this program reads up to " + VERSION);
        }
        if (version < 1 || !Arrays.equals(Arrays.copyOf(bytes, restOffset), firstLine(version, bytes, restOffset))) {
            throw CorruptStoreException.at(file, 0, "the manifest does not have its checksum");
        }
        try {
            Root root = JSON.readValue(bytes, restOffset, bytes.length - restOffset, Root.class);
            if (version == 1 && root.segments.stream().anyMatch(segment -> segment.parquetFile == null)) {
                throw new IllegalArgumentException("a segment has no Parquet file");
            }
            return manifest(root);
        } catch (IOException | IllegalArgumentException malformed) {
            throw new CorruptStoreException("file=" + file + " offset=" + restOffset + ": not a manifest's JSON",
                    malformed);
        }
    }

    /** Behind the first line; 0 where there is none. */
    private static int restOffset(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, MAX_FIRST_LINE); i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    private static Manifest manifest(Root root) {
        return new Manifest(UUID.fromString(root.store()), root.nextSegmentId(), root.sealedLsn(),
                root.segments().stream().map(ManifestFormat::meta).toList());
    }

    private static SegmentMeta meta(Segment segment) {
        return new SegmentMeta(segment.id(), segment.firstPosition(), segment.lastPosition(), segment.rows(),
                Instant.ofEpochMilli(segment.minMillis()), Instant.ofEpochMilli(segment.maxMillis()),
                digest(segment.rowFile()), Optional.ofNullable(segment.parquetFile()).map(ManifestFormat::digest),
                segment.payloadBytes() == null ? OptionalLong.empty() : OptionalLong.of(segment.payloadBytes()));
    }

    private static Digest digest(Contents contents) {
        return new Digest(contents.length(),
                contents.crc32c().stream().map(HexFormat::fromHexDigits).toList());
    }
}
