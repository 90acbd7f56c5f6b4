package dev.allframe.store;

import java.time.Instant;

/**
 * Why a storage takes no changes. Reads go on, unless the storage is closed.
 *
 * @param since when it was closed or failed, or refused the first change in a row
 * @param reason the reason in a sentence
 * @param lasting whether it stays so until the storage is opened anew; where not, the next change may be taken again,
 *        and this says how the last one ended
 */
public record ChangesRefused(Instant since, String reason, boolean lasting) {}
