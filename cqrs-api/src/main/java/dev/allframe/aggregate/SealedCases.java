package dev.allframe.aggregate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the classes that a sealed type permits. */
public final class SealedCases {

    private SealedCases() {}

    /**
     * The concrete cases in the order of their declaration, through sealed types between; the type itself where it is
     * not sealed.
     */
    public static List<Class<?>> of(Class<?> type) {
        Set<Class<?>> cases = new LinkedHashSet<>();
        collect(type, cases);
        return new ArrayList<>(cases);
    }

    private static void collect(Class<?> type, Set<Class<?>> cases) {
        if (!type.isSealed()) {
            cases.add(type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, cases);
        }
    }
}
