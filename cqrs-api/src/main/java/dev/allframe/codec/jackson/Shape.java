package dev.allframe.codec.jackson;

import dev.allframe.aggregate.SealedCases;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a stored class looks like in JSON, as a short text that is the same in every JVM: names and types of its components, of records, enums and sealed
 * cases inside of it. Names of classes and the order of components, which are not stored, do not count.
 */
final class Shape {

    private static final int BYTES = 8;

    /** The classes around the one that is described, the innermost first. */
    private final Deque<Class<?>> around = new ArrayDeque<>();

    private Shape() {}

    /** 16 hexadecimal digits that change when the shape does. */
    static String of(Class<?> type) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(describe(type).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** The whole description. */
    static String describe(Class<?> type) {
        return new Shape().text(type);
    }

    private String text(Type type) {
        return switch (type) {
            case Class<?> found when found.isArray() -> text(found.getComponentType()) + "[]";
            case Class<?> found when found.isEnum() -> sorted("enum", found.getEnumConstants(),
                    constant -> ((Enum<?>) constant).name());
            case Class<?> found when found.isPrimitive() || found.getName().startsWith("java.") -> found.getName();
            case Class<?> found when found.isSealed() -> inside(found, () -> sorted("one of",
                    SealedCases.of(found).toArray(),
                    option -> SealedTypes.nameOf((Class<?>) option) + text((Class<?>) option)));
            case Class<?> found -> inside(found, () -> sorted("", fields(found).toArray(),
                    field -> ((Field) field).getName() + ":" + text(((Field) field).getGenericType())));
            case ParameterizedType generic -> text(generic.getRawType())
                    + Arrays.stream(generic.getActualTypeArguments())
                            .map(this::text)
                            .collect(Collectors.joining(",", "<", ">"));
            case GenericArrayType array -> text(array.getGenericComponentType()) + "[]";
            case WildcardType wildcard -> text(wildcard.getUpperBounds()[0]);
            default -> type.getTypeName();
        };
    }

    private static String sorted(String kind, Object[] parts, Function<Object, String> text) {
        return Stream.of(parts).map(text).sorted().collect(Collectors.joining(",", kind + "{", "}"));
    }

    /** A class that contains itself is described once, and as the distance where it comes again. */
    private String inside(Class<?> type, java.util.function.Supplier<String> description) {
        int distance = 0;
        for (Class<?> outer : around) {
            if (outer == type) {
                return "^" + distance;
            }
            distance++;
        }
        around.push(type);
        try {
            return description.get();
        } finally {
            around.pop();
        }
    }

    private static Stream<Field> fields(Class<?> type) {
        Stream<Field> inherited = type.getSuperclass() == null || type.getSuperclass().getName().startsWith("java.")
                ? Stream.of()
                : fields(type.getSuperclass());
        return Stream.concat(inherited, Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())));
    }
}
