package dev.allframe.aggregate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the classes that a sealed type permits. */
public final class SealedCases {

    private SealedCases() {}

    /**
     * Whether a type is one of several cases that its declaration names. The platform's sealed types, such as
     * {@link java.time.ZoneId}, are values; so are enums, which the compiler seals where a constant has a body.
     */
    public static boolean hasCases(Class<?> type) {
        return type.isSealed() && !type.isEnum() && !type.getName().startsWith("java.");
    }

    /**
     * The concrete cases in the order of their declaration, through sealed types between; the type itself where it has
     * no cases.
     */
    public static List<Class<?>> of(Class<?> type) {
        Set<Class<?>> cases = new LinkedHashSet<>();
        collect(type, cases);
        return new ArrayList<>(cases);
    }

    private static void collect(Class<?> type, Set<Class<?>> cases) {
        if (!hasCases(type)) {
            cases.add(type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, cases);
        }
    }
}
