package dev.botgate.config;

/**
 * Where a setting was written.
 *
 * @param source a file as it was named, an environment variable, or {@link #PACKAGED}
 * @param line counted from 1; 0 for the whole source
 * @param column counted from 1; 0 for the whole source
 */
record SettingLocation(String source, int line, int column) {
    /** The source of the defaults. */
    static final String PACKAGED = "classpath:conf/botgate.yaml";

    /** A source as a whole. */
    static SettingLocation of(String source) {
        return new SettingLocation(source, 0, 0);
    }

    boolean isPackaged() {
        return source.equals(PACKAGED);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
