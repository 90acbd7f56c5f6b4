package dev.allframe.journal.allsource.engine.io;

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

    final int sectorBytes;

    CrashMode(int sectorBytes) {
        this.sectorBytes = sectorBytes;
    }
}
