package dev.allframe.codec;

import dev.allframe.evolution.MigrationPath;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import java.util.List;
import java.util.stream.Collectors;

/** The store holds a name and version that today's code does not know; the message says what to add. */
public final class UnknownStoredTypeException extends CodecException {

    public UnknownStoredTypeException(String type, int version, VersionRegistry known) {
        super("stored type '" + type + "' version " + version + " is unknown to this code, which reads "
                + known.paths().stream().map(path -> path.from().toString()).collect(Collectors.joining(", ")) + "; "
                + remedy(type, version, known), null);
    }

    private static String remedy(String type, int version, VersionRegistry known) {
        List<Integer> versions = known.paths()
                .stream()
                .map(MigrationPath::from)
                .filter(stored -> stored.type().equals(type))
                .map(StoredVersion::version)
                .toList();
        String step = "upcasting(Upcasters.json(\"" + type.substring(type.lastIndexOf('.') + 1) + "\", " + version
                + ")";
        if (versions.isEmpty()) {
            return "add the class that has this name in @Stored, or to the AggregateType " + step
                    + ".renamedTo(...)), .to(...) or .dropped()";
        }
        return versions.getLast() < version
                ? "it was stored by later code: deploy that, or add to the AggregateType " + step + ".to("
                        + versions.getLast() + ", ...))"
                : "add @Since(version = " + (version + 1) + ") to the components that are new in version "
                        + (version + 1)
                        + ", or to the AggregateType " + step + ".to(" + (version + 1) + ", ...))";
    }
}
