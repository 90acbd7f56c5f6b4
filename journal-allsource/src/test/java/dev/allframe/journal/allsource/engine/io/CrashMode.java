package dev.allframe.journal.allsource.engine.io;

import java.util.List;
import java.util.Random;

/** What a power loss leaves of what was not forced. */
public enum CrashMode {
    /** Everything: as after the death of the process alone. */
    KEEP_ALL(512),
    /** Nothing. */
    LOSE_ALL(512),
    /** The writes up to a random one, of which the first sectors of 512 bytes. */
    TORN_512(512),
    /** The writes up to a random one, of which the first blocks of 4 KiB. */
    TORN_4096(4096),
    /** Any sectors of 512 bytes, each as any of the writes to it left it. */
    SUBSET_512(512),
    /** Any blocks of 4 KiB. */
    SUBSET_4096(4096);

    private static final List<CrashMode> ALL = List.of(values());

    final int sectorBytes;

    CrashMode(int sectorBytes) {
        this.sectorBytes = sectorBytes;
    }

    /** Any of them. */
    public static CrashMode any(Random random) {
        return ALL.get(random.nextInt(ALL.size()));
    }
}
