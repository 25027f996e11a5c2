package io.quorate.cli.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What a page has room for.
 *
 * @param changes leader changes, the newest
 * @param pages pages, the newest
 * @param blanks between the parts
 * @param legend how to read a quantile
 * @param brief one line for each page, and one for the slow disk
 */
record Room(int changes, int pages, boolean blanks, boolean legend, boolean brief) {

    private static final int ALL = 12;
    private static final int FEW = 4;

    /** From the widest to the narrowest: what is least the point goes first, old leader changes before all. */
    static List<Room> rooms() {
        List<Room> rooms = new ArrayList<>();
        for (int changes = ALL; changes > FEW; changes--) {
            rooms.add(new Room(changes, ALL, true, true, false));
        }
        rooms.add(new Room(FEW, ALL, true, false, false));
        rooms.add(new Room(FEW, ALL, false, false, false));
        for (int changes = FEW; changes >= 1; changes--) {
            rooms.add(new Room(changes, ALL, false, false, true));
        }
        for (int pages = ALL - 1; pages >= 2; pages--) {
            rooms.add(new Room(1, pages, false, false, true));
        }
        return rooms;
    }

    List<Story> newestChanges(List<Story> all) {
        return newest(all, changes);
    }

    List<Notice> newestPages(List<Notice> all) {
        return newest(all, pages);
    }

    private static <T> List<T> newest(List<T> all, int most) {
        return all.subList(Math.max(0, all.size() - most), all.size());
    }
}
