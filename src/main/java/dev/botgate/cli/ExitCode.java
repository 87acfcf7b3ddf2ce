package dev.botgate.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a command ended, as the shell sees it. */
enum ExitCode {
    OK(0, "done"),
    FAILED(1, "failed while running"),
    USAGE(2, "the command line was not understood"),
    CONFIGURATION(3, "the configuration has problems"),
    MISMATCH(4, "a body in the trail does not match its digest"),
    ENDED_ITSELF(70, "out of memory, a class that could not be loaded, or a stop that took too long; start it again");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    /** Code to meaning, in the order of the codes, for the help. */
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode exit : values()) {
            meanings.put(Integer.toString(exit.code), exit.meaning);
        }
        return meanings;
    }
}
