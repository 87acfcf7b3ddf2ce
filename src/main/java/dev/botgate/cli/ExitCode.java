package dev.botgate.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a command ended, as the shell sees it. */
enum ExitCode {
    OK(0, "success"),
    FAILED(1, "the command failed"),
    USAGE(2, "the command line is wrong"),
    CONFIGURATION(3, "the configuration has problems"),
    MISMATCH(4, "a body in the trail does not match its digest"),
    ENDED_ITSELF(
            70,
            "the gateway ended itself: out of memory, a class that could not be loaded, or a stop that took too long");

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
