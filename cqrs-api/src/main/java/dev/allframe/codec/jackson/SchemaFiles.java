package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.failure.Failures;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.CompatibilityMode;
import dev.allframe.schema.SchemaHistory;
import dev.allframe.schema.TypeSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The schemas of an aggregate's events in a directory that is kept with the source code, and whether today's classes
 * keep what they owe them.
 *
 * <pre>
 *   account.deposited.v1.json           the schema of a version, from when it was today's
 *   account.deposited.v1.example.json   an event as it was stored then
 *   account.deposited.v2.json           today's
 * </pre>
 *
 * <p>A file is never changed: what was stored once stays readable only if its schema stays known. Nothing here is
 * cached; for one thread.
 *
 * @param <E> the events
 */
public final class SchemaFiles<E extends Event> {

    private static final Pattern NAME = Pattern.compile("(.+)\\.v([1-9][0-9]{0,8})(\\.example)?\\.json");

    private final AggregateType<?, E, ?> type;
    private final JacksonEventCodec<E> codec;
    private final Path directory;
    private final List<TypeSchema> today;

    private SchemaFiles(AggregateType<?, E, ?> type, Path directory) {
        this.type = type;
        this.codec = JacksonEventCodec.of(type);
        this.directory = directory;
        this.today = JsonSchemas.of(type);
    }

    /**
     * The files of an aggregate.
     *
     * @param directory may have those of other aggregates too
     * @throws dev.allframe.codec.InvalidDomainException if its events cannot be stored
     */
    public static <E extends Event> SchemaFiles<E> of(AggregateType<?, E, ?> type, Path directory) {
        return new SchemaFiles<>(type, directory);
    }

    /**
     * Writes the schemas of today that are not in the directory, and examples of today's events. Files that are there
     * are left alone.
     *
     * @param examples events, of each type at most one is taken
     * @return the files that were written
     */
    public List<Path> writeMissing(List<? extends E> examples) {
        List<Path> written = new ArrayList<>();
        try {
            Files.createDirectories(directory);
            for (TypeSchema schema : today) {
                writeIfMissing(file(schema), JsonSchemas.write(schema), written);
            }
            for (E example : examples) {
                EncodedEvent encoded = codec.encode(example);
                writeIfMissing(directory.resolve(encoded.type() + ".v" + encoded.version() + ".example.json"),
                        new String(encoded.bytes(), StandardCharsets.UTF_8) + "\n", written);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("schemas cannot be written to " + directory, failed);
        }
        return written;
    }

    private static void writeIfMissing(Path file, String text, List<Path> written) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, text);
            written.add(file);
        }
    }

    private Path file(TypeSchema schema) {
        return directory.resolve(schema.type() + ".v" + schema.version() + ".json");
    }

    /**
     * Compares today's classes with the files.
     *
     * @return what is wrong, a sentence each with what to do; none where all is well
     */
    public List<String> problems(CompatibilityMode mode) {
        List<String> problems = new ArrayList<>();
        List<TypeSchema> kept = new ArrayList<>();
        for (Path file : files()) {
            try {
                look(file, kept);
            } catch (CodecException unfit) {
                problems.add(file + ": " + Failures.message(unfit));
            }
        }
        SchemaHistory history = SchemaHistory.of(kept);
        today.forEach(schema -> compareToday(schema, history, problems));
        problems.addAll(history.problems(today, codec.versions(), mode));
        return problems;
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().startsWith(type.name() + "."))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException("schemas in " + directory + " cannot be read", failed);
        }
    }

    private void look(Path file, List<TypeSchema> kept) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return;
        }
        String typeName = name.group(1);
        int version = Integer.parseInt(name.group(2));
        if (name.group(3) != null) {
            codec.decode(new EncodedEvent(typeName, version, read(file)));
            return;
        }
        TypeSchema schema = JsonSchemas.read(new String(read(file), StandardCharsets.UTF_8));
        if (!schema.type().equals(typeName) || schema.version() != version) {
            throw new CodecException("it is the schema of " + schema, null);
        }
        kept.add(schema);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " cannot be read", failed);
        }
    }

    private void compareToday(TypeSchema schema, SchemaHistory history, List<String> problems) {
        TypeSchema kept = history.version(schema.type(), schema.version()).orElse(null);
        if (kept == null) {
            problems.add(schema + " has no file " + file(schema) + "; write it, and keep it with the code");
        } else if (!kept.looksLike(schema)) {
            problems.add(schema + " is not what " + file(schema) + " says" + SchemaHistory.changes(kept, schema)
                    + (Compatibility.canRead(kept, schema)
                            ? "\n  It reads what was stored: delete the file, and write it again"
                            : "\n  Raise its version to " + (schema.version() + 1)
                                    + ", and say how the old one is read;"
                                    + " only where the old one was never stored, delete the file and write it again"));
        }
        int latest = history.latest(schema.type());
        if (latest > schema.version()) {
            problems.add(schema + " is older than version " + latest + ", of which there is a file");
        }
    }
}
