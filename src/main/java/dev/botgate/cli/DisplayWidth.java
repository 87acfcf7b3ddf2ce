package dev.botgate.cli;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** How many columns of a terminal a text takes: East Asian wide characters and emoji two, combining marks none. */
final class DisplayWidth {
    private static final String ELLIPSIS = "…";

    private DisplayWidth() {}

    static int of(String text) {
        int width = 0;
        for (int at = 0; at < text.length(); at += WCWidth.charCountForGraphemeCluster(text, at)) {
            width += width(text, at);
        }
        return width;
    }

    /** {@code text}, or its beginning and its end with a … between, since ids often differ in their ends alone. */
    static String shortened(String text, int most) {
        if (of(text) <= most) {
            return text;
        }
        List<String> clusters = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = at + WCWidth.charCountForGraphemeCluster(text, at);
            clusters.add(text.substring(at, end));
            at = end;
        }
        int left = most - 1;
        int first = 0;
        StringBuilder head = new StringBuilder();
        while (of(head + clusters.get(first)) <= left - left / 2) {
            head.append(clusters.get(first++));
        }
        left -= of(head.toString());
        int last = clusters.size() - 1;
        StringBuilder tail = new StringBuilder();
        while (of(clusters.get(last) + tail) <= left) {
            tail.insert(0, clusters.get(last--));
        }
        return head + ELLIPSIS + tail;
    }

    /** {@code text} with spaces behind it, up to {@code width} columns. */
    static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - of(text)));
    }

    /** What steers a terminal is no character of a table; it counts nothing. */
    private static int width(String text, int at) {
        return Math.max(0, WCWidth.wcwidthForGraphemeCluster(text, at));
    }
}
