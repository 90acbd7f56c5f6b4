package dev.allframe.aggregate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and version under which a type is written to disk.
 *
 * <p>The name is unique inside its aggregate and is stored with the aggregate's name before it:
 * {@code @Stored("deposited")} of the aggregate {@code account} becomes {@code account.deposited}. Classes and packages
 * may be renamed at will; a stored name may not. On the cases of a sealed type that is a component of an event, the
 * name stands in the JSON property {@code "@type"}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Stored {

    /** Lower case letters, digits and hyphens, beginning with a letter: {@code deposited}, {@code owner-changed}. */
    String value();

    /**
     * The version of the shape, 1 or more; it rises when the components of the record change. {@link Since} marks what
     * a version adds.
     */
    int version() default 1;

    /**
     * Whether a stored event may have components that this record, or a record inside of it, does not have: they are
     * ignored. Newer versions of the name are then read as this one, where they still have all that it has, so that
     * nodes with this code can stay while newer ones store theirs. Of events alone.
     */
    boolean ignoreUnknown() default false;
}
