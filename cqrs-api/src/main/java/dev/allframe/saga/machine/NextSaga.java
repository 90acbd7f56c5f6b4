package dev.allframe.saga.machine;

import dev.allframe.codec.StoredValue;

/**
 * A saga that another one starts.
 *
 * @param definition its name
 * @param version its version
 * @param id its id
 * @param context what it begins with
 */
public record NextSaga(String definition, int version, String id, StoredValue context) {}
