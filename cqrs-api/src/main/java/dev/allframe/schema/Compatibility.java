package dev.allframe.schema;

import dev.allframe.schema.Schema.Member;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether everything that is written by one schema can be read by another.
 *
 * <p>The rules, from the writer's side: each member that the reader needs is written; none is written that the reader
 * does not know, unless it ignores those; and each value is of a kind that the reader takes: the same kind, or a
 * narrower one (a whole number for any number, fewer choices, fewer cases, a form of text for any text, no null where
 * null may be).
 */
public final class Compatibility {

    private final TypeSchema writer;
    private final TypeSchema reader;
    private final List<SchemaDifference> differences = new ArrayList<>();

    /** Pairs that are being compared: where one comes again inside of itself, nothing new can be found. */
    private final Set<Pair> comparing = new HashSet<>();

    private record Pair(Schema written, Schema read) {}

    private Compatibility(TypeSchema writer, TypeSchema reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /** Why the reader cannot read all that the writer writes; empty where it can. */
    public static List<SchemaDifference> differences(TypeSchema writer, TypeSchema reader) {
        Compatibility compatibility = new Compatibility(writer, reader);
        compatibility.compare("", writer.schema(), reader.schema());
        return compatibility.differences;
    }

    /** Whether the reader can read all that the writer writes. */
    public static boolean canRead(TypeSchema writer, TypeSchema reader) {
        return differences(writer, reader).isEmpty();
    }

    private void compare(String path, Schema writtenPart, Schema readPart) {
        Schema written = writer.resolved(writtenPart);
        Schema read = reader.resolved(readPart);
        Pair pair = new Pair(written, read);
        if (read instanceof Schema.Anything || !comparing.add(pair)) {
            return;
        }
        if (read instanceof Schema.OrNull(Schema value)) {
            compare(path, written instanceof Schema.OrNull(Schema inner) ? inner : written, value);
        } else {
            compareValues(path, written, read);
        }
        comparing.remove(pair);
    }

    private void compareValues(String path, Schema written, Schema read) {
        switch (written) {
            case Schema.OrNull(Schema value) -> {
                differ(path, "may be null, which is not read");
                compare(path, value, read);
            }
            case Schema.Items(Schema item, var unique) when read instanceof Schema.Items(Schema wanted, var once) -> {
                if (once && !unique) {
                    differ(path, "may have an item twice, which is read as one");
                }
                compare(path + "[]", item, wanted);
            }
            case Schema.Entries(Schema name, Schema value) when read instanceof Schema.Entries(Schema wantedName, Schema wanted) -> {
                compare(path + "{name}", name, wantedName);
                compare(path + "{}", value, wanted);
            }
            case Schema.Entries(Schema name, Schema value) when read instanceof Schema.Members(var wanted, var open)
                    && open ->
                wanted.forEach((known, member) -> {
                    compare(at(path, known), value, member.schema());
                    if (!member.isOptionalFor(writer.version())) {
                        differ(at(path, known), "may not be written, and has no default there");
                    }
                });
            case Schema.Members members when read instanceof Schema.Members wanted ->
                compareMembers(path, members, wanted);
            case Schema.Members members when read instanceof Schema.Entries(Schema wantedName, Schema wanted) ->
                members.members().forEach((name, member) -> {
                    compare(path + "{name}", new Schema.Choice(Set.of(name)), wantedName);
                    compare(at(path, name), member.schema(), wanted);
                });
            case Schema.Cases cases when read instanceof Schema.Cases wanted -> compareCases(path, cases, wanted);
            case Schema.Cases(Map<String, Schema.Members> byName) when read instanceof Schema.Members
                    || read instanceof Schema.Entries ->
                byName.forEach((name, members) -> compareValues(caseOf(path, name), withType(members, name), read));
            case Schema.Choice(Set<String> values) when read instanceof Schema.Choice(Set<String> wanted) ->
                compareChoices(path, values, wanted);
            case Schema.Whole whole when read instanceof Schema.Whole wanted -> compareRanges(path, whole, wanted);
            default -> {
                if (!isNarrower(written, read)) {
                    differ(path, "is " + words(written) + ", and " + words(read) + " is read");
                }
            }
        }
    }

    /** Of kinds that have no parts. */
    private static boolean isNarrower(Schema written, Schema read) {
        return written.equals(read) || (read.equals(new Schema.Text("")) && isText(written))
                || (read instanceof Schema.Decimal(var single)
                        && (written instanceof Schema.Whole || (written instanceof Schema.Decimal && !single)));
    }

    private static boolean isText(Schema schema) {
        return schema instanceof Schema.Text || schema instanceof Schema.Choice;
    }

    private void compareMembers(String path, Schema.Members written, Schema.Members read) {
        written.members().forEach((name, member) -> {
            Member wanted = read.members().get(name);
            if (wanted != null) {
                compare(at(path, name), member.schema(), wanted.schema());
            } else if (!read.open()) {
                differ(at(path, name), "is written, and is not known");
            }
        });
        read.members().forEach((name, wanted) -> {
            if (!written.members().containsKey(name) && !wanted.isOptionalFor(writer.version())) {
                differ(at(path, name), "is not written, and has no default there");
            }
        });
    }

    private void compareCases(String path, Schema.Cases written, Schema.Cases read) {
        for (Map.Entry<String, Schema.Members> option : written.byName().entrySet()) {
            Schema.Members wanted = read.byName().get(option.getKey());
            String place = caseOf(path, option.getKey());
            if (wanted == null) {
                differ(place, "is a case that is not known");
            } else {
                compareMembers(place, option.getValue(), wanted);
            }
        }
    }

    private static String caseOf(String path, String name) {
        return path + "<" + name + ">";
    }

    /** A case as who knows nothing of cases sees it. */
    private static Schema.Members withType(Schema.Members members, String caseName) {
        Map<String, Member> all = new HashMap<>(members.members());
        all.put(Schema.Cases.TYPE, new Member(new Schema.Choice(Set.of(caseName)), 0));
        return new Schema.Members(all, members.open());
    }

    private void compareChoices(String path, Set<String> written, Set<String> read) {
        Set<String> unknown = new TreeSet<>(written);
        unknown.removeAll(read);
        if (!unknown.isEmpty()) {
            differ(path, "may be " + String.join(", ", unknown) + ", which is not known");
        }
    }

    private void compareRanges(String path, Schema.Whole written, Schema.Whole read) {
        if (isLess(written.least(), read.least()) || isLess(read.most(), written.most())
                || (written.most() == null && read.most() != null)
                || (written.least() == null && read.least() != null)) {
            differ(path, "is " + words(written) + ", and " + words(read) + " is read");
        }
    }

    private static boolean isLess(@Nullable BigInteger one, @Nullable BigInteger other) {
        return one != null && other != null && one.compareTo(other) < 0;
    }

    private void differ(String path, String what) {
        differences.add(new SchemaDifference(path, what));
    }

    private static String at(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String words(Schema schema) {
        return switch (schema) {
            case Schema.Text(String format) -> format.isEmpty() ? "text" : format;
            case Schema.Choice(Set<String> values) -> "one of " + String.join(", ", values);
            case Schema.Whole(var least, var most) -> "a whole number"
                    + (least == null ? "" : " from " + least) + (most == null ? "" : " to " + most);
            case Schema.Decimal(var single) -> single ? "a float" : "a number";
            case Schema.Truth() -> "true or false";
            case Schema.Anything() -> "anything";
            case Schema.OrNull(Schema value) -> words(value) + " or null";
            case Schema.Items items -> "an array";
            case Schema.Entries entries -> "a map";
            case Schema.Members members -> "an object";
            case Schema.Cases(Map<String, Schema.Members> byName) -> "one of the cases "
                    + String.join(", ", byName.keySet());
            case Schema.Reference(String name) -> name;
        };
    }
}
