/**
 * What stored values look like, and whether code that expects one look can read another.
 * {@link dev.allframe.schema.Schema} is the model; {@link dev.allframe.schema.Compatibility} has the rules. Knows no
 * JSON library: {@code codec.jackson.JsonSchemas} derives schemas from classes and writes them as JSON Schema.
 * Everything here is immutable.
 */
@NullMarked
package dev.allframe.schema;

import org.jspecify.annotations.NullMarked;
