package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.File;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.URL;
import java.nio.Buffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** Which types of the platform, and of Jackson, are read back equal, and what to name instead of others. */
final class PlatformTypes {

    private static final Set<Class<?>> CONTAINERS = Set.of(List.class, ArrayList.class, LinkedList.class, Set.class,
            HashSet.class, LinkedHashSet.class, SortedSet.class, NavigableSet.class, TreeSet.class, EnumSet.class,
            Map.class, HashMap.class, LinkedHashMap.class, SortedMap.class, NavigableMap.class, TreeMap.class,
            EnumMap.class, Optional.class);

    private static final String JSON = "a JsonObject, a String with the JSON text, or a record";

    /** What to name instead of a type and of those below it; the first that fits. */
    private static final Map<Class<?>, String> INSTEAD = new LinkedHashMap<>();

    static {
        INSTEAD.put(TreeNode.class, JSON);
        INSTEAD.put(RawValue.class, JSON);
        INSTEAD.put(TokenBuffer.class, JSON);
        INSTEAD.put(Date.class, "an Instant or a LocalDate");
        INSTEAD.put(Calendar.class, "a ZonedDateTime");
        INSTEAD.put(TimeZone.class, "a ZoneId");
        INSTEAD.put(URL.class, "a URI");
        INSTEAD.put(InetAddress.class, "a String");
        INSTEAD.put(SocketAddress.class, "a record of host and port");
        INSTEAD.put(File.class, "a String");
        INSTEAD.put(Path.class, "a String");
        INSTEAD.put(Charset.class, "a String with its name");
        INSTEAD.put(Class.class, "a String, or an enum");
        INSTEAD.put(Pattern.class, "a String");
        INSTEAD.put(CharSequence.class, "a String");
        INSTEAD.put(BitSet.class, "a Set<Integer>, or a byte[]");
        INSTEAD.put(Buffer.class, "a byte[]");
        INSTEAD.put(Map.Entry.class, "a record of key and value");
        INSTEAD.put(Map.class, "a Map");
        INSTEAD.put(Collection.class, "a List or a Set");
        INSTEAD.put(Iterable.class, "a List or a Set");
        INSTEAD.put(Iterator.class, "a List");
        INSTEAD.put(BaseStream.class, "a List");
        INSTEAD.put(Number.class, "a BigDecimal, or the type of number that it is");
    }

    private PlatformTypes() {}

    /** Whether a type comes with the platform or with Jackson, and not from who writes a domain. */
    static boolean contains(Class<?> type) {
        String name = type.getName();
        return name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("jdk.")
                || name.startsWith("sun.") || name.startsWith("com.sun.") || name.startsWith("com.fasterxml.jackson.");
    }

    /** Whether it is a collection, a map or an optional that is read back equal where what is in it is. */
    static boolean isContainer(JavaType type) {
        return type.isArrayType() || CONTAINERS.contains(type.getRawClass());
    }

    /** What to name instead of a type that is not read back equal; null where there is nothing of that kind. */
    static @Nullable String instead(Class<?> type) {
        if (type.getName().startsWith("java.util.concurrent.atomic.")) {
            return "the value that is in it";
        }
        return INSTEAD.entrySet()
                .stream()
                .filter(entry -> entry.getKey().isAssignableFrom(type))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }
}
